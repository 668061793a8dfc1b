package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.cli.client.Difference.Extent;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  @Test
  void numbersAreComparedByValueAndEmptyIsAbsent() {
    assertThat(
            whole(
                "{\"cpus\":1,\"env\":{},\"fetch\":[],\"x\":{\"n\":[1,2]}}",
                "{\"cpus\":1.0,\"user\":null,\"x\":{\"n\":[1.0,2]}}"))
        .isEmpty();
  }

  @Test
  void whatIsLeftOutIsRemovedOrUpToTheScheduler() {
    assertThat(whole("{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":1}}"))
        .containsExactly("a.c: removed 2");
    assertThat(
            texts(
                Difference.between(
                    Api.parse("{\"a\":{\"b\":1,\"c\":2}}"),
                    Api.parse("{\"a\":{\"b\":1}}"),
                    Extent.WRITTEN)))
        .isEmpty();
  }

  @Test
  void listsOfPlainValuesAreOneValue() {
    assertThat(
            whole(
                "{\"constraints\":[[\"a\",\"UNIQUE\"]]}", "{\"constraints\":[[\"b\",\"UNIQUE\"]]}"))
        .containsExactly("constraints: [[\"a\",\"UNIQUE\"]] -> [[\"b\",\"UNIQUE\"]]");
  }

  @Test
  void listsOfObjectsGoByPositionInTheirOrder() {
    StringBuilder before = new StringBuilder("{\"checks\":[{\"p\":0}");
    StringBuilder after = new StringBuilder("{\"checks\":[{\"p\":0}");
    for (int i = 1; i < 12; i++) {
      before.append(",{\"p\":0}");
      after.append(i == 2 || i == 10 ? ",{\"p\":1}" : ",{\"p\":0}");
    }
    assertThat(whole(before + "]}", after + ",{\"p\":5}]}"))
        .containsExactly("checks[2].p: 0 -> 1", "checks[10].p: 0 -> 1", "checks[12].p: added 5");
  }

  @Test
  void portZeroAsksForAny() {
    assertThat(
            whole(
                "{\"ports\":[10001,7],\"portDefinitions\":[{\"port\":10001}],\"m\":[{\"servicePort\":10002}]}",
                "{\"ports\":[0,7],\"portDefinitions\":[{\"port\":0}],\"m\":[{\"servicePort\":0}]}"))
        .isEmpty();
    assertThat(whole("{\"ports\":[10001]}", "{\"ports\":[10003]}")).hasSize(1);
  }

  @Test
  void aTextIsNotANumber() {
    assertThat(whole("{\"a\":\"1\"}", "{\"a\":1}")).containsExactly("a: \"1\" -> 1");
  }

  private static List<String> whole(String before, String after) {
    return texts(Difference.between(Api.parse(before), Api.parse(after), Extent.WHOLE));
  }

  private static List<String> texts(List<Difference> differences) {
    return differences.stream().map(Difference::text).toList();
  }
}
