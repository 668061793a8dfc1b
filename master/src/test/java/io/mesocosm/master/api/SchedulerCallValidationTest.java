package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchedulerCallValidationTest {
  private static final FrameworkID ID = FrameworkID.newBuilder().setValue("m-0000").build();
  private static final FrameworkInfo INFO =
      FrameworkInfo.newBuilder().setUser("nobody").setName("test").build();

  @Test
  void theTypeMustBePresent() {
    assertProblem(Call.newBuilder().setFrameworkId(ID), "Expecting 'type' to be present");
  }

  @Test
  void requiredSubFieldsMustBeSet() {
    Call.Builder call = subscribe(FrameworkInfo.newBuilder().setName("no user").buildPartial());

    assertThat(SchedulerCallValidation.problem(call.buildPartial()))
        .hasValueSatisfying(
            problem -> assertThat(problem).startsWith("Not initialized").contains("user"));
  }

  @Test
  void subscribeNeedsItsBody() {
    assertProblem(
        Call.newBuilder().setType(Call.Type.SUBSCRIBE), "Expecting 'subscribe' to be present");
  }

  @Test
  void newFrameworksSubscribeWithoutAnyId() {
    assertValid(subscribe(INFO));
  }

  @Test
  void bothIdsOfASubscriptionMustBeTheSame() {
    FrameworkInfo known = INFO.toBuilder().setId(ID).build();

    assertValid(subscribe(known).setFrameworkId(ID));
    assertProblem(subscribe(known), "'framework_id' differs from 'subscribe.framework_info.id'");
    assertProblem(
        subscribe(INFO).setFrameworkId(ID),
        "'framework_id' differs from 'subscribe.framework_info.id'");
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.Type.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"UNKNOWN", "SUBSCRIBE", "TEARDOWN", "REVIVE", "SUPPRESS"})
  void everyOtherCallNeedsItsBody(Call.Type type) {
    String field = type.name().toLowerCase(java.util.Locale.ROOT);

    assertProblem(
        Call.newBuilder().setType(type).setFrameworkId(ID),
        "Expecting '" + field + "' to be present");
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.Type.class,
      names = {"TEARDOWN", "REVIVE", "SUPPRESS", "UNKNOWN"})
  void someCallsNeedNoBodyButAllNeedTheFramework(Call.Type type) {
    assertValid(Call.newBuilder().setType(type).setFrameworkId(ID));
    assertProblem(Call.newBuilder().setType(type), "Expecting 'framework_id' to be present");
  }

  @Test
  void anAcknowledgedUuidHasSixteenBytes() {
    assertValid(acknowledge(16));
    assertProblem(acknowledge(15), "Not a valid UUID: has 15 bytes, expecting 16");
  }

  private static Call.Builder acknowledge(int uuidBytes) {
    return Call.newBuilder()
        .setType(Call.Type.ACKNOWLEDGE)
        .setFrameworkId(ID)
        .setAcknowledge(
            Call.Acknowledge.newBuilder()
                .setAgentId(AgentID.newBuilder().setValue("S0"))
                .setTaskId(TaskID.newBuilder().setValue("t"))
                .setUuid(ByteString.copyFrom(new byte[uuidBytes])));
  }

  private static Call.Builder subscribe(FrameworkInfo info) {
    return Call.newBuilder()
        .setType(Call.Type.SUBSCRIBE)
        .setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(info).buildPartial());
  }

  private static void assertValid(Call.Builder call) {
    assertThat(SchedulerCallValidation.problem(call.build())).isEmpty();
  }

  private static void assertProblem(Call.Builder call, String problem) {
    assertThat(SchedulerCallValidation.problem(call.buildPartial())).contains(problem);
  }
}
