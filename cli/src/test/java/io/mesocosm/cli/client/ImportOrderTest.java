package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImportOrderTest {
  @Test
  void dependenciesComeBeforeWhatDependsOnThem() {
    assertThat(
            order(
                """
                {"id":"/","apps":[{"id":"/a","dependencies":["/b"]},{"id":"/b","dependencies":["/c"]},{"id":"/c"}]}
                """))
        .containsExactly("app /c", "app /b", "app /a");
  }

  @Test
  void aGroupCountsForAllInIt() {
    assertThat(
            order(
                """
                {"id":"/","groups":[
                  {"id":"/front","dependencies":["/store"],"apps":[{"id":"/front/web"}]},
                  {"id":"/store","pods":[{"id":"/store/db","containers":[{"name":"x"}]}]}]}
                """))
        .containsExactly("group /front", "pod /store/db", "app /front/web");
  }

  @Test
  void relativeDependenciesAreUnderstood() {
    assertThat(
            order(
                """
                {"id":"/","groups":[{"id":"/g","apps":[{"id":"/g/a","dependencies":["z"]},{"id":"/g/z","dependencies":["../y"]}]}],
                 "apps":[{"id":"/y"}]}
                """))
        .containsExactly("app /y", "app /g/z", "app /g/a");
  }

  @Test
  void aCycleLosesNothing() {
    assertThat(
            order(
                """
                {"id":"/","apps":[{"id":"/a","dependencies":["/b"]},{"id":"/b","dependencies":["/a"]}]}
                """))
        .containsExactlyInAnyOrder("app /a", "app /b");
  }

  @Test
  void onlyGroupsThatSayMoreThanWhatIsInThemAreNamed() {
    assertThat(
            order(
                """
                {"id":"/","groups":[
                  {"id":"/plain","enforceRole":false,"apps":[{"id":"/plain/a"}]},
                  {"id":"/strict","enforceRole":true,"apps":[{"id":"/strict/a"}]},
                  {"id":"/void","groups":[{"id":"/void/inner"}]}]}
                """))
        .containsExactly("group /strict", "group /void/inner", "app /plain/a", "app /strict/a");
  }

  private static List<String> order(String root) {
    Definitions definitions = Definitions.none();
    definitions.addGroup(Api.parse(root), "/");
    return ImportOrder.of(definitions).stream()
        .map(item -> item.kind().word() + " " + item.id())
        .toList();
  }
}
