package io.mesocosm.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that nobody sends by accident: each must be a clear refusal, soon. */
class HostileInputTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"accept\":{\"offer_ids\":["})
  void nestingIsBounded(String opening) {
    assertThatThrownBy(() -> MesosJson.parse(opening.repeat(100_000), Call.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("nested deeper than 100 levels");
  }

  @Test
  void nestingOfProtobufIsBounded() throws Exception {
    byte[] inner = new byte[0];
    for (int i = 0; i < 10_000; i++) { // container_id.parent.parent…
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeByteArray(2, inner);
      out.flush();
      inner = bytes.toByteArray();
    }
    byte[] nested = inner;
    assertThatThrownBy(() ->
            MediaType.PROTOBUF.decode(nested, org.apache.mesos.v1.Protos.ContainerID.newBuilder()))
        .isInstanceOf(InvalidMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e999999999",
        "1e99999999999",
        "1e-999999999",
        "-1e400",
        "9223372036854775808",
        "\"9223372036854775808\"",
        "\"NaN\"",
        "\"٣\"",
        "\"\"",
        "\"1 2\"",
        "\"0x10\""
      })
  void numbersOutOfRangeAreNamed(String number) {
    assertThatThrownBy(
            () -> MesosJson.parse("{\"nanoseconds\":" + number + "}", DurationInfo.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("nanoseconds");
  }

  @Test
  void doublesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> MesosJson.parse("{\"refuse_seconds\":1e400}", Filters.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("refuse_seconds: the number is out of range");
  }

  @Test
  void aMillionDigitsAreRefusedAtOnce() {
    String json = "{\"nanoseconds\":" + "9".repeat(4_000_000) + "}";
    Assertions.assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> MesosJson.parse(json, DurationInfo.newBuilder()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("longer than 1000 characters"));
  }

  @Test
  void aLongNameIsNotCopiedForEveryFieldBelowIt() {
    String json =
        "{\"user\":\"u\",\"name\":\"n\",\"offer_filters\":{\""
            + "x".repeat(500_000)
            + "\":{\"min_allocatable_resources\":{\"quantities\":["
            + "{},".repeat(100_000)
            + "7]}}}}";
    Assertions.assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> MesosJson.parse(json, FrameworkInfo.newBuilder()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("quantities[100000]: expected an object")
                .message()
                .hasSizeLessThan(400));
  }

  @Test
  void everyTruncationIsRefused() {
    String json =
        "{\"framework_id\":{\"value\":\"f\\u00fc\\n\"},\"type\":\"KILL\",\"kill\":{\"kill_policy\":null,"
            + "\"task_id\":{\"value\":\"t\"},\"x\":[true,false,-1.5e+3]}}";
    for (int length = 0; length < json.length(); length++) {
      String truncated = json.substring(0, length);
      assertThatThrownBy(() -> MesosJson.parse(truncated, Call.newBuilder()))
          .as(truncated)
          .isInstanceOf(InvalidMessageException.class)
          .hasMessageStartingWith("Failed to parse body into JSON");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{} x",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":1,}",
        "[1,]",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":tru}",
        "{a:1}",
        "\uFEFF{}"
      })
  void whatIsNotJsonIsRefused(String text) {
    assertThatThrownBy(() -> MesosJson.parse(text, Call.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("Failed to parse body into JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\udc00\\ud800", "\\ud800x", "\\ud800\\ud800"})
  void halfCharactersAreRefused(String text) {
    assertThatThrownBy(() -> MesosJson.parse("{\"value\":\"" + text + "\"}", OfferID.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("surrogate");
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] latin = "{\"value\":\"ü\"}".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> MediaType.JSON.decode(latin, OfferID.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void brokenOrIncompleteProtobufIsRefused() {
    assertThatThrownBy(() -> MediaType.PROTOBUF.decode("hello".getBytes(UTF_8), Call.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("Call protobuf");
    assertThatThrownBy(() -> MediaType.PROTOBUF.decode(new byte[0], OfferID.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("Missing required fields of OfferID: value");
  }
}
