package io.mesocosm.master;

import static io.mesocosm.master.Launches.executor;
import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.launchGroup;
import static io.mesocosm.master.Launches.scalar;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.LinuxInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule for tasks, broken once. */
class TaskRulesTest {
  private final Cluster cluster = new Cluster();
  private final FakeScheduler scheduler = cluster.subscribe("web");
  private final FakeAgent agent = cluster.registerAgent(4, 1024);
  private final Offer offer = scheduler.offer();

  private static Arguments row(String message, UnaryOperator<TaskInfo.Builder> change) {
    return Arguments.of(message, change);
  }

  private static Environment variable(Environment.Variable.Builder variable) {
    return Environment.newBuilder().addVariables(variable.setName("X")).build();
  }

  private static UnaryOperator<TaskInfo.Builder> environment(
      Environment.Variable.Builder variable) {
    return task ->
        task.setCommand(
            CommandInfo.newBuilder().setValue("run").setEnvironment(variable(variable)));
  }

  private static UnaryOperator<TaskInfo.Builder> volume(Volume.Builder volume) {
    return task ->
        task.setContainer(
            ContainerInfo.newBuilder()
                .setType(ContainerInfo.Type.MESOS)
                .addVolumes(volume.setContainerPath("data").setMode(Volume.Mode.RW)));
  }

  private static Secret secret(String data) {
    return Secret.newBuilder()
        .setType(Secret.Type.VALUE)
        .setValue(Secret.Value.newBuilder().setData(ByteString.copyFromUtf8(data)))
        .build();
  }

  static Stream<Arguments> brokenRules() {
    DurationInfo negative = DurationInfo.newBuilder().setNanoseconds(-1).build();
    return Stream.of(
        row("Invalid TaskID", task -> task.setTaskId(Launches.id("a/b"))),
        row("invalid agent", task -> task.setAgentId(task.getAgentIdBuilder().setValue("other"))),
        row("at least one (but not both)", TaskInfo.Builder::clearCommand),
        row("no resources", TaskInfo.Builder::clearResources),
        row("invalid resources", task -> task.addResources(scalar("gpus", 0.5))),
        row(
            "one role",
            task ->
                task.addResources(
                    scalar("disk", 1).toBuilder()
                        .setAllocationInfo(Resource.AllocationInfo.newBuilder().setRole("db")))),
        row(
            "revocable and non-revocable",
            task ->
                task.addResources(
                    scalar("cpus", 1).toBuilder()
                        .setRevocable(Resource.RevocableInfo.getDefaultInstance()))),
        row("more resources", task -> task.addResources(scalar("cpus", 100))),
        row(
            "kill_policy",
            task -> task.setKillPolicy(KillPolicy.newBuilder().setGracePeriod(negative))),
        row("max_completion_time", task -> task.setMaxCompletionTime(negative)),
        row(
            "TASK_RESOURCE_LIMITS",
            task -> task.putLimits("cpus", Value.Scalar.newBuilder().setValue(2).build())),
        row("invalid check", task -> task.setCheck(CheckInfo.getDefaultInstance())),
        row(
            "must start with '/'",
            task ->
                task.setCheck(
                    CheckInfo.newBuilder()
                        .setType(CheckInfo.Type.HTTP)
                        .setHttp(CheckInfo.Http.newBuilder().setPort(1).setPath("x")))),
        row(
            "non-negative",
            task ->
                task.setHealthCheck(
                    HealthCheck.newBuilder()
                        .setType(HealthCheck.Type.TCP)
                        .setTcp(HealthCheck.TCPCheckInfo.newBuilder().setPort(1))
                        .setIntervalSeconds(-1))),
        row(
            "scheme",
            task ->
                task.setHealthCheck(
                    HealthCheck.newBuilder()
                        .setHttp(
                            HealthCheck.HTTPCheckInfo.newBuilder()
                                .setPort(1)
                                .setScheme("gopher")))),
        row("a value set and no secret", environment(Environment.Variable.newBuilder())),
        row(
            "NUL byte",
            environment(
                Environment.Variable.newBuilder()
                    .setType(Environment.Variable.Type.SECRET)
                    .setSecret(secret("a\u0000b")))),
        row("DockerInfo 'docker'", task -> task.setContainer(docker())),
        row(
            "must not be 'name'",
            task ->
                task.setContainer(
                    docker()
                        .setDocker(
                            ContainerInfo.DockerInfo.newBuilder()
                                .setImage("x")
                                .addParameters(
                                    org.apache.mesos.v1.Protos.Parameter.newBuilder()
                                        .setKey("name")
                                        .setValue("x"))))),
        row("Only one of them", volume(Volume.newBuilder())),
        row(
            "'source.type' is SANDBOX_PATH",
            volume(
                Volume.newBuilder()
                    .setSource(
                        Volume.Source.newBuilder().setType(Volume.Source.Type.SANDBOX_PATH)))),
        row("share_cgroups", task -> task.setContainer(ownCgroups())),
        row("'CUSTOM' for a task", task -> task.clearCommand().setExecutor(executor("e", 0.1))),
        row(
            "invalid FrameworkID",
            task -> {
              ExecutorInfo.Builder executor = custom();
              executor.getFrameworkIdBuilder().setValue("other");
              return task.clearCommand().setExecutor(executor);
            }),
        row(
            "cannot be set to 'true' on executors",
            task ->
                task.clearCommand()
                    .setExecutor(
                        custom()
                            .setContainer(
                                ContainerInfo.newBuilder()
                                    .setType(ContainerInfo.Type.MESOS)
                                    .setLinuxInfo(LinuxInfo.newBuilder().setShareCgroups(true))))));
  }

  private static ContainerInfo.Builder docker() {
    return ContainerInfo.newBuilder().setType(ContainerInfo.Type.DOCKER);
  }

  private static ContainerInfo.Builder ownCgroups() {
    return ContainerInfo.newBuilder()
        .setType(ContainerInfo.Type.MESOS)
        .setLinuxInfo(LinuxInfo.newBuilder().setShareCgroups(false));
  }

  private static ExecutorInfo.Builder custom() {
    return executor("e", 0.1)
        .setType(ExecutorInfo.Type.CUSTOM)
        .setCommand(CommandInfo.newBuilder().setValue("run"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenRules")
  void taskThatBreaksARuleIsAnError(String message, UnaryOperator<TaskInfo.Builder> change) {
    scheduler.accept(offer, launch(change.apply(task("t", offer, 1, 128))));

    TaskStatus status = scheduler.status();
    assertThat(status.getState()).isEqualTo(TaskState.TASK_ERROR);
    assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_INVALID);
    assertThat(status.getMessage()).contains(message);
    assertThat(agent.launched()).isEmpty();
  }

  @Test
  void limitsOfAnAgentThatKnowsThemFollowTheirOwnRules() {
    agent.capabilities.add("TASK_RESOURCE_LIMITS");
    agent.subscribe();
    scheduler.accept(
        offer,
        launch(
            limited("less", offer, "cpus", 0.5),
            limited("other", offer, "disk", 10),
            limited("nan", offer, "mem", Double.NaN),
            limited("free", offer, "mem", Double.POSITIVE_INFINITY)));

    assertThat(scheduler.statuses())
        .extracting(status -> status.getTaskId().getValue())
        .containsExactly("less", "other", "nan");
    assertThat(agent.launched()).hasSize(1);
  }

  private static TaskInfo.Builder limited(String id, Offer offer, String name, double limit) {
    return task(id, offer, 1, 128)
        .putLimits(name, Value.Scalar.newBuilder().setValue(limit).build());
  }

  @Test
  void groupsHaveRulesOfTheirOwn() {
    scheduler.accept(
        offer,
        launchGroup(executor("e", 0.1).clearType(), task("type", offer, 1, 1)),
        launchGroup(executor("e", 0.001), task("cpus", offer, 1, 1)),
        launchGroup(executor("e", 0.1), task("docker", offer, 1, 1).setContainer(docker())),
        launchGroup(
            executor("e", 0.1),
            task("shares", offer, 1, 1),
            task("owns", offer, 1, 1).setContainer(ownCgroups())),
        launchGroup(
            executor("e", 0.1), task("foreign", offer, 1, 1).setExecutor(executor("f", 0.1))));

    assertThat(scheduler.statuses())
        .allSatisfy(status ->
            assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_GROUP_INVALID))
        .extracting(status -> status.getTaskId().getValue())
        .containsExactly("type", "cpus", "docker", "shares", "owns", "foreign");
  }
}
