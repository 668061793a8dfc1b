package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of contracts/mesos-allocation.md §10 and §12: what operators write into flags. */
class ResourceTextTest {
  // P1, P3, P5, P7, P12
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpus:4 | cpus(*):4",
        "cpus : 4 ; mem(web): 1024.5; | cpus(*):4; mem(web):1024.5",
        "cpus:1;cpus:2;cpus(a):1 | cpus(a):1; cpus(*):3",
        "ports:[5-9, 1-6, 20] | ports(*):[1-9, 20-20]",
        "disks:{b,a} | disks(*):{a, b}",
        "gpus:2;cpus:1e1 | cpus(*):10; gpus(*):2",
        "cpus:0;ports:[];disks:{};mem:1 | mem(*):1"
      })
  void theSimpleFormIsRead(String text, String resources) {
    assertThat(ResourceText.parse(text, "*")).hasToString(resources);
  }

  @Test
  void entriesWithoutARoleHaveTheDefaultOne() {
    assertThat(ResourceText.parse("cpus:4;mem(*):5;disk(b):6", "a"))
        .hasToString("cpus(a):4; disk(b):6; mem(*):5");
  }

  // P2
  @Test
  void jsonIsReadInBothForms() {
    assertThat(
            ResourceText.parse(
                " [{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":2},\"role\":\"a\"},"
                    + "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":64},"
                    + "\"reservations\":[{\"type\":\"STATIC\",\"role\":\"b\"}]}]",
                "*"))
        .hasToString("cpus(a):2; mem(b):64");
  }

  // P3: the default role is for JSON as well; D5: disks have no other form
  @Test
  void jsonHasTheDefaultRoleAndDisks() {
    assertThat(
            ResourceText.parse(
                "[{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":2},"
                    + "\"disk\":{\"source\":{\"type\":\"MOUNT\",\"mount\":{\"root\":\"/m\"}}}},"
                    + "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":64},\"role\":\"*\"}]",
                "a"))
        .hasToString("disk(a)[MOUNT:/m]:2; mem(*):64");
  }

  @Test
  void zeroIsDeclaredThoughItIsNothing() {
    ResourceText.Declared declared = ResourceText.declared("cpus:0;mem:5", "*");
    assertThat(declared.resources()).hasToString("mem(*):5");
    assertThat(declared.names()).containsExactly("cpus", "mem");
  }

  // V1, X1
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"a\"}]",
        "\"role\":\"a\",\"disk\":{\"persistence\":{\"id\":\"v\"}}",
        "\"revocable\":{}",
        "\"allocation_info\":{\"role\":\"a\"}"
      })
  void anAgentBeginsWithPlainAndStaticallyReservedResources(String field) {
    String json =
        "[{\"name\":\"disk\",\"type\":\"SCALAR\",\"scalar\":{\"value\":2}," + field + "}]";
    assertThatThrownBy(() -> ResourceText.parse(json, "*"))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plain or statically reserved");
  }

  // P13
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cpus:0;mem(a):1;cpus(b):0",
        "[{\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":0}},"
            + "{\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":1}}]"
      })
  void whatIsMentionedIsKnownThoughItIsNothing(String text) {
    assertThat(ResourceText.names(text)).containsExactly("cpus", "mem");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cpus",
        "cpus:",
        ":4",
        "cpus():4",
        "cpus:four",
        "cpus:-1",
        "cpus:NaN",
        "cpus:Infinity",
        "cpus:0x1p3",
        "cpus:1d",
        "cpus:1e-310",
        "cpus:9e15;cpus:9e15",
        "cpus:1;cpus:[1-2]",
        "cpus:0;cpus(a):[1-2]",
        "cpus(a/):1",
        "cpus(-a):1",
        "gpus:0.5",
        "ports:[1-2",
        "ports:[a-b]",
        "ports:[5-1]",
        "ports:[0-9223372036854775807]",
        "ports:[0-99999999999999999999]",
        "file:///etc/resources",
        "[",
        "[7]",
        "[{\"name\":\"cpus\"}]"
      })
  void whatIsNoResourceIsRefusedWithWhatAGoodOneLooksLike(String text) {
    assertThatThrownBy(() -> ResourceText.parse(text, "*"))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("null");
  }

  @Test
  void theRefusalNamesTheEntry() {
    assertThatThrownBy(() -> ResourceText.parse("cpus:4;mem:lots", "*"))
        .hasMessage(
            "a number, ranges like [1-5,8-9] or a set like {a,b}, not 'mem:lots' (it is none of them)");
  }

  // A1, A2, A3
  @Test
  void attributesAreTextNumbersOrRanges() {
    assertThat(
            AttributeText.parse(
                "rack: r1; level:3; half:-0.5; span:[1-5,8]; url:http://a:80; rack:r2; big:1e3;"
                    + "hash:1e999"))
        .extracting(Attribute::getName, Attribute::getType, AttributeText::print)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("rack", Value.Type.TEXT, "r1"),
            org.assertj.core.groups.Tuple.tuple("level", Value.Type.SCALAR, "3"),
            org.assertj.core.groups.Tuple.tuple("half", Value.Type.SCALAR, "-0.5"),
            org.assertj.core.groups.Tuple.tuple("span", Value.Type.RANGES, "[1-5, 8-8]"),
            org.assertj.core.groups.Tuple.tuple("url", Value.Type.TEXT, "http://a:80"),
            org.assertj.core.groups.Tuple.tuple("rack", Value.Type.TEXT, "r2"),
            org.assertj.core.groups.Tuple.tuple("big", Value.Type.SCALAR, "1000"),
            org.assertj.core.groups.Tuple.tuple("hash", Value.Type.TEXT, "1e999"));
    assertThat(AttributeText.parse("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rack", ":r1", "rack:", "set:{a,b}", "span:[1-", "span:[x]"})
  void whatIsNoAttributeIsRefused(String text) {
    assertThatThrownBy(() -> AttributeText.parse(text))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
