package io.mesocosm.services.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AppIdTest {
  @Test
  void pathsAreMadeAbsoluteAndCanonical() {
    assertThat(new AppId("nginx").path()).isEqualTo("/nginx");
    assertThat(new AppId("//a///b/").path()).isEqualTo("/a/b");
    assertThat(new AppId("/a/./b/../c").path()).isEqualTo("/a/c");
    assertThat(new AppId("").isRoot()).isTrue();
  }

  @Test
  void namesForMesosAreMadeOfTheSegments() {
    AppId id = new AppId("/a/b/c");

    assertThat(id.mesosName()).isEqualTo("c.b.a");
    assertThat(id.taskPrefix()).isEqualTo("a_b_c");
    assertThat(id.segments()).containsExactly("a", "b", "c");
  }

  @Test
  void relativePathsAreResolvedAgainstAGroup() {
    AppId group = new AppId("/shop");

    assertThat(group.resolve("db")).isEqualTo(new AppId("/shop/db"));
    assertThat(group.resolve("../other")).isEqualTo(new AppId("/other"));
    assertThat(group.resolve("/abs")).isEqualTo(new AppId("/abs"));
  }

  @Test
  void onlyWhatIsInsideIsBelow() {
    assertThat(new AppId("/shop/cart").isBelow(new AppId("/shop"))).isTrue();
    assertThat(new AppId("/shopping").isBelow(new AppId("/shop"))).isFalse();
    assertThat(new AppId("/shop").isBelow(new AppId("/shop"))).isFalse();
    assertThat(new AppId("/shop").isBelow(AppId.ROOT)).isTrue();
    assertThat(AppId.ROOT.isBelow(AppId.ROOT)).isFalse();
  }

  @Test
  void appsOfAGroupSortTogether() {
    TreeSet<AppId> ids =
        new TreeSet<>(List.of(new AppId("/a-b"), new AppId("/a/c"), new AppId("/a")));

    assertThat(ids).extracting(AppId::path).containsExactly("/a", "/a/c", "/a-b");
  }
}
