package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.Protos.OfferFilters;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** The rows J1 to J7 of contracts/mesos-scheduler-api.md, one after the other. */
class MesosJsonTest {
  private static final String STATUS = "{\"task_id\":{\"value\":\"t\"},\"state\":\"TASK_RUNNING\"";

  // J1
  @Test
  void namesAreThoseOfTheProtoFilesAndUnknownOnesArePassedOver() throws Exception {
    Call.Builder call =
        MesosJson.parse(
            "{\"framework_id\":{\"value\":\"f\",\"color\":[1,{}]},\"type\":\"TEARDOWN\",\"x\":{}}",
            Call.newBuilder());
    assertThat(call.getFrameworkId().getValue()).isEqualTo("f");
    assertThat(MesosJson.print(call))
        .isEqualTo("{\"framework_id\":{\"value\":\"f\"},\"type\":\"TEARDOWN\"}");
  }

  @Test
  void camelCaseIsNoNameOfOurs() throws Exception {
    assertThat(
            MesosJson.parse("{\"frameworkId\":{\"value\":\"f\"}}", Call.newBuilder())
                .hasFrameworkId())
        .isFalse();
  }

  // J2
  @Test
  void anUnknownEnumValueLeavesAnOptionalFieldUnset() throws Exception {
    assertThat(MesosJson.parse("{\"type\":\"DANCE\"}", Call.newBuilder()).hasType()).isFalse();
    assertThat(
            MesosJson.parse(
                    STATUS + ",\"reason\":\"REASON_OF_THE_FUTURE\"}", TaskStatus.newBuilder())
                .hasReason())
        .isFalse();
  }

  @Test
  void anUnknownEnumValueInARequiredFieldIsNamed() {
    assertThatThrownBy(() ->
            MesosJson.parse(
                "{\"task_id\":{\"value\":\"t\"},\"state\":\"TASK_DREAMING\"}",
                TaskStatus.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("state")
        .hasMessageContaining("unknown TaskState");
  }

  // J3
  @Test
  void bytesAreBase64WithPadding() throws Exception {
    TaskStatus.Builder status =
        MesosJson.parse(STATUS + ",\"data\":\"/+8=\"}", TaskStatus.newBuilder());
    assertThat(status.getData())
        .isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xef}));
    assertThat(MesosJson.print(status)).contains("\"data\":\"/+8=\"");
    assertThatThrownBy(() -> MesosJson.parse(STATUS + ",\"data\":\"%%\"}", TaskStatus.newBuilder()))
        .hasMessageContaining("data: expected base64");
  }

  // J4
  @Test
  void integersOf64BitsAreNumbersAndKeepEveryDigit() throws Exception {
    DurationInfo longest = DurationInfo.newBuilder().setNanoseconds(Long.MAX_VALUE).build();
    assertThat(MesosJson.print(longest)).isEqualTo("{\"nanoseconds\":9223372036854775807}");
    assertThat(MesosJson.parse(MesosJson.print(longest), DurationInfo.newBuilder()).build())
        .isEqualTo(longest);
    Value.Range unsigned = Value.Range.newBuilder().setBegin(0).setEnd(-1).build();
    assertThat(MesosJson.print(unsigned)).isEqualTo("{\"begin\":0,\"end\":18446744073709551615}");
    assertThat(MesosJson.parse(MesosJson.print(unsigned), Value.Range.newBuilder()).build())
        .isEqualTo(unsigned);
  }

  @Test
  void numbersAndBooleansMayStandInQuotes() throws Exception {
    assertThat(
            MesosJson.parse("{\"nanoseconds\":\"-42\"}", DurationInfo.newBuilder())
                .getNanoseconds())
        .isEqualTo(-42);
    FrameworkInfo.Builder info =
        MesosJson.parse(
            "{\"user\":\"u\",\"name\":\"n\",\"failover_timeout\":\"1.5e2\",\"checkpoint\":\"true\"}",
            FrameworkInfo.newBuilder());
    assertThat(info.getFailoverTimeout()).isEqualTo(150.0);
    assertThat(info.getCheckpoint()).isTrue();
  }

  @Test
  void infinityIsReadForDoubles() throws Exception {
    assertThat(
            MesosJson.parse("{\"refuse_seconds\":\"Infinity\"}", Filters.newBuilder())
                .getRefuseSeconds())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(
            MesosJson.parse("{\"refuse_seconds\":\"-Infinity\"}", Filters.newBuilder())
                .getRefuseSeconds())
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void wholeNumbersMayBeWrittenWithAFractionOfZero() throws Exception {
    assertThat(MesosJson.parse("{\"nanoseconds\":5.0}", DurationInfo.newBuilder()).getNanoseconds())
        .isEqualTo(5);
    assertThat(MesosJson.parse("{\"nanoseconds\":1e3}", DurationInfo.newBuilder()).getNanoseconds())
        .isEqualTo(1000);
    assertThatThrownBy(() -> MesosJson.parse("{\"nanoseconds\":5.5}", DurationInfo.newBuilder()))
        .hasMessageContaining("nanoseconds: expected a whole number");
  }

  // J5
  @Test
  void mapsAreObjects() throws Exception {
    String json =
        "{\"user\":\"u\",\"name\":\"n\",\"failover_timeout\":0.0,\"checkpoint\":false,\"offer_filters\":"
            + "{\"web\":{\"min_allocatable_resources\":{\"quantities\":[{\"quantities\":"
            + "{\"cpus\":{\"value\":0.1},\"mem\":{\"value\":32.0}}}]}}}}";
    FrameworkInfo.Builder info = MesosJson.parse(json, FrameworkInfo.newBuilder());
    OfferFilters filters = info.getOfferFiltersOrThrow("web");
    assertThat(
            filters
                .getMinAllocatableResources()
                .getQuantities(0)
                .getQuantitiesOrThrow("cpus")
                .getValue())
        .isEqualTo(0.1);
    assertThat(MesosJson.print(info)).isEqualTo(json);
  }

  @Test
  void whatIsMissingInsideAMapIsReportedLikeAnythingElse() {
    assertThatThrownBy(() ->
            MesosJson.parse(
                "{\"user\":\"u\",\"name\":\"n\",\"offer_filters\":{\"web\":{\"min_allocatable_resources\":"
                    + "{\"quantities\":[{\"quantities\":{\"cpus\":{}}}]}}}}",
                FrameworkInfo.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("Missing required fields of FrameworkInfo");
  }

  // J6
  @Test
  void defaultsThatTheProtoFilesStateArePrintedThoughUnset() {
    FrameworkInfo info = FrameworkInfo.newBuilder().setUser("").setName("n").build();
    assertThat(MesosJson.print(info))
        .isEqualTo("{\"user\":\"\",\"name\":\"n\",\"failover_timeout\":0.0,\"checkpoint\":false}");
    assertThat(MesosJson.print(Filters.getDefaultInstance())).isEqualTo("{\"refuse_seconds\":5.0}");
  }

  @Test
  @SuppressWarnings("deprecation")
  void deprecatedFieldsArePrintedOnlyWhenSet() {
    FrameworkInfo.Builder info = FrameworkInfo.newBuilder().setUser("u").setName("n");
    assertThat(MesosJson.print(info)).doesNotContain("role");
    assertThat(MesosJson.print(info.setRole("*"))).contains("\"role\":\"*\"");
  }

  @Test
  void repeatedFieldsArePrintedOnlyWhenTheyHoldSomething() {
    FrameworkInfo.Builder info = FrameworkInfo.newBuilder().setUser("u").setName("n");
    assertThat(MesosJson.print(info)).doesNotContain("roles");
    assertThat(MesosJson.print(info.addRoles("a").addRoles("b")))
        .contains("\"roles\":[\"a\",\"b\"]");
  }

  // J7
  @Test
  void nullsAreAbsent() throws Exception {
    FrameworkInfo.Builder info =
        MesosJson.parse(
            "{\"user\":\"u\",\"name\":\"n\",\"id\":null,\"roles\":[\"a\",null],\"offer_filters\":{\"a\":null}}",
            FrameworkInfo.newBuilder());
    assertThat(info.hasId()).isFalse();
    assertThat(info.getRolesList()).containsExactly("a");
    assertThat(info.getOfferFiltersMap()).isEmpty();
  }

  @Test
  void aWrongTypeIsNamedByItsPath() {
    assertThatThrownBy(() ->
            MesosJson.parse(
                "{\"accept\":{\"offer_ids\":[{\"value\":\"a\"},{\"value\":7}]}}",
                Call.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("Failed to parse accept.offer_ids[1].value: expected a string, found a number");
    assertThatThrownBy(() -> MesosJson.parse("{\"accept\":[]}", Call.newBuilder()))
        .hasMessage("Failed to parse accept: expected an object, found an array");
    assertThatThrownBy(() -> MesosJson.parse("{\"accept\":{\"offer_ids\":{}}}", Call.newBuilder()))
        .hasMessage("Failed to parse accept.offer_ids: expected an array, found an object");
    assertThatThrownBy(() -> MesosJson.parse("{\"refuse_seconds\":true}", Filters.newBuilder()))
        .hasMessage("Failed to parse refuse_seconds: expected a number, found a boolean");
    assertThatThrownBy(() -> MesosJson.parse("[]", Call.newBuilder()))
        .hasMessage("Failed to parse body: expected an object, found an array");
  }

  @Test
  void missingRequiredFieldsAreNamedTheFirstTenOfThem() {
    assertThatThrownBy(() -> MesosJson.parse("{}", FrameworkInfo.newBuilder()))
        .hasMessage("Missing required fields of FrameworkInfo: user, name");
    String manyOffers = "{}" + ",{}".repeat(99);
    assertThatThrownBy(() ->
            MesosJson.parse("{\"accept\":{\"offer_ids\":[" + manyOffers + "]}}", Call.newBuilder()))
        .hasMessageContaining("accept.offer_ids[0].value")
        .hasMessageEndingWith("and 90 more");
  }

  @Test
  void messagesReadBackAsTheyWere() throws Exception {
    TaskStatus status =
        TaskStatus.newBuilder()
            .setTaskId(
                org.apache.mesos.v1.Protos.TaskID.newBuilder().setValue("t \"1\" \\ ü 😀 \n"))
            .setState(TaskState.TASK_FAILED)
            .setReason(TaskStatus.Reason.REASON_COMMAND_EXECUTOR_FAILED)
            .setTimestamp(1419280592.06496)
            .setUuid(ByteString.copyFromUtf8("0123456789abcdef"))
            .setHealthy(false)
            .build();
    assertThat(MesosJson.parse(MesosJson.print(status), TaskStatus.newBuilder()).build())
        .isEqualTo(status);
    MasterInfo master = MasterInfo.newBuilder().setId("m").setIp(-1).setPort(5050).build();
    assertThat(MesosJson.print(master)).contains("\"ip\":4294967295");
    assertThat(MesosJson.parse(MesosJson.print(master), MasterInfo.newBuilder()).getIp())
        .isEqualTo(-1);
  }

  @Test
  void doublesHaveAFractionAndNoExponent() {
    assertThat(
            new JsonWriter().beginArray().value(5.0).value(0.1).value(1e20).value(1e-7).endArray())
        .hasToString("[5.0,0.1,100000000000000000000.0,0.00000010]");
    assertThat(MesosJson.print(OfferID.newBuilder().setValue("</script>")))
        .isEqualTo("{\"value\":\"\\u003c/script\\u003e\"}");
  }

  @Test
  void durationsOfProtobufAreTextsOfSeconds() throws InvalidMessageException {
    String json =
        "{\"type\":\"DRAIN_AGENT\",\"drain_agent\":{\"agent_id\":{\"value\":\"a\"},\"max_grace_period\":\"1.5s\"}}";

    var call = MesosJson.parse(json, org.apache.mesos.v1.master.Protos.Call.newBuilder()).build();

    assertThat(call.getDrainAgent().getMaxGracePeriod().getSeconds()).isEqualTo(1);
    assertThat(call.getDrainAgent().getMaxGracePeriod().getNanos()).isEqualTo(500_000_000);
    assertThat(MesosJson.print(call)).contains("\"max_grace_period\":\"1.5s\"");
    assertThatThrownBy(() ->
            MesosJson.parse(
                json.replace("1.5s", "soon"), org.apache.mesos.v1.master.Protos.Call.newBuilder()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("90s");
  }
}
