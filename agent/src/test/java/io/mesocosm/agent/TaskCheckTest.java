package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.framework;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.agent.Probe.Purpose;
import io.mesocosm.agent.Probe.Question;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CheckStatusInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.junit.jupiter.api.Test;

/** Checks of tasks (contracts/mesos-containerization.md §8, H8 and H10). */
class TaskCheckTest {
  private final AgentStory story = AgentStory.registered();

  private static TaskInfo checked(CheckInfo.Builder check) {
    return task("a").toBuilder().setCheck(check).build();
  }

  private static CheckInfo.Builder command(String command) {
    return CheckInfo.newBuilder()
        .setType(CheckInfo.Type.COMMAND)
        .setCommand(
            CheckInfo.Command.newBuilder().setCommand(CommandInfo.newBuilder().setValue(command)));
  }

  private static CheckInfo.Builder http(int port, String path) {
    return CheckInfo.newBuilder()
        .setType(CheckInfo.Type.HTTP)
        .setHttp(CheckInfo.Http.newBuilder().setPort(port).setPath(path));
  }

  private static CheckInfo.Builder tcp(int port) {
    return CheckInfo.newBuilder()
        .setType(CheckInfo.Type.TCP)
        .setTcp(CheckInfo.Tcp.newBuilder().setPort(port));
  }

  private List<AgentEffect> report(ContainerId id, ProbeResult result) {
    return story.handle(new AgentCommand.ProbeReported(id, Purpose.CHECK, result));
  }

  private List<Probe> probes(TaskInfo task) {
    ContainerId id = launch(story.run(framework(), task)).id();
    return only(story.started(id), AgentEffect.StartChecks.class).probes();
  }

  @Test
  void checkIsMadeAsOftenAsTheContractSaysUnlessTheTaskSaysMore() {
    assertThat(probes(checked(tcp(80))))
        .containsExactly(
            new Probe(
                Purpose.CHECK,
                new Question.Tcp("127.0.0.1", 80),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20)));
  }

  @Test
  void checkHasTheTimesThatTheTaskGives() {
    CheckInfo.Builder check =
        http(8080, "/ready").setDelaySeconds(0.5).setIntervalSeconds(2).setTimeoutSeconds(0);

    assertThat(probes(checked(check)))
        .containsExactly(
            new Probe(
                Purpose.CHECK,
                new Question.Http("http://127.0.0.1:8080/ready"),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ZERO));
  }

  @Test
  void commandOfACheckKeepsItsEnvironment() {
    CheckInfo.Builder check = command("test -n \"$MODE\"");
    check
        .getCommandBuilder()
        .getCommandBuilder()
        .setEnvironment(
            Environment.newBuilder()
                .addVariables(
                    Environment.Variable.newBuilder().setName("MODE").setValue("quick one")));

    assertThat(probes(checked(check)).getFirst().question())
        .isEqualTo(
            new Question.Command(
                List.of("/usr/bin/env", "MODE=quick one", "/bin/sh", "-c", "test -n \"$MODE\"")));
  }

  @Test
  void commandWithoutAShellRunsItsArguments() {
    CheckInfo.Builder check = command("/bin/test");
    check
        .getCommandBuilder()
        .getCommandBuilder()
        .setShell(false)
        .addAllArguments(List.of("test", "-e", "/tmp"));

    assertThat(probes(checked(check)).getFirst().question())
        .isEqualTo(new Question.Command(List.of("/bin/test", "-e", "/tmp")));
  }

  @Test
  void healthCheckAndCheckAreMadeBesideEachOther() {
    HealthCheck health =
        HealthCheck.newBuilder()
            .setType(HealthCheck.Type.HTTP)
            .setHttp(
                HealthCheck.HTTPCheckInfo.newBuilder()
                    .setScheme("https")
                    .setProtocol(NetworkInfo.Protocol.IPv6)
                    .setPort(8443)
                    .setPath("/health"))
            .build();

    List<Probe> probes = probes(checked(tcp(80)).toBuilder().setHealthCheck(health).build());

    assertThat(probes).extracting(Probe::purpose).containsExactly(Purpose.HEALTH, Purpose.CHECK);
    assertThat(probes.getFirst().question())
        .isEqualTo(new Question.Http("https://[::1]:8443/health"));
  }

  @Test
  void statusesBeforeTheFirstResultHaveAnEmptyOne() {
    TaskStatus starting = onlyStatus(story.run(framework(), checked(command("true"))));

    assertThat(starting.getState()).isEqualTo(TaskState.TASK_STARTING);
    assertThat(starting.getCheckStatus())
        .isEqualTo(
            CheckStatusInfo.newBuilder()
                .setType(CheckInfo.Type.COMMAND)
                .setCommand(CheckStatusInfo.Command.getDefaultInstance())
                .build());
  }

  @Test
  void statusesOfTasksWithoutACheckHaveNone() {
    assertThat(onlyStatus(story.run(framework(), task("a"))).hasCheckStatus()).isFalse();
  }

  @Test
  void firstResultAndEachChangeAreReported() {
    ContainerId id = story.running(checked(command("./ready")));

    List<AgentEffect> first = report(id, new ProbeResult.Exited(1));
    List<AgentEffect> same = report(id, new ProbeResult.Exited(1));
    story.acknowledge(onlyStatus(first));
    List<AgentEffect> other = report(id, new ProbeResult.Exited(0));

    assertThat(onlyStatus(first).getState()).isEqualTo(TaskState.TASK_RUNNING);
    assertThat(onlyStatus(first).getReason()).isEqualTo(Reason.REASON_TASK_CHECK_STATUS_UPDATED);
    assertThat(onlyStatus(first).getCheckStatus().getCommand().getExitCode()).isEqualTo(1);
    assertThat(same).isEmpty();
    assertThat(onlyStatus(other).getCheckStatus().getCommand().hasExitCode()).isTrue();
    assertThat(onlyStatus(other).getCheckStatus().getCommand().getExitCode()).isZero();
  }

  @Test
  void missingAnswerEmptiesTheResult() {
    ContainerId id = story.running(checked(http(80, "/")));
    TaskStatus answered = onlyStatus(report(id, new ProbeResult.Answered(503)));
    story.acknowledge(answered);

    TaskStatus unanswered = onlyStatus(report(id, new ProbeResult.Unanswered("timed out")));

    assertThat(answered.getCheckStatus().getHttp().getStatusCode()).isEqualTo(503);
    assertThat(unanswered.getCheckStatus().hasHttp()).isTrue();
    assertThat(unanswered.getCheckStatus().getHttp().hasStatusCode()).isFalse();
  }

  @Test
  void missingAnswerAtTheBeginningIsNoNews() {
    ContainerId id = story.running(checked(http(80, "/")));

    assertThat(report(id, new ProbeResult.Unanswered("timed out"))).isEmpty();
  }

  @Test
  void connectionSucceedsOrDoesNot() {
    ContainerId id = story.running(checked(tcp(80)));
    TaskStatus refused = onlyStatus(report(id, new ProbeResult.Refused("refused")));
    story.acknowledge(refused);

    TaskStatus connected = onlyStatus(report(id, new ProbeResult.Connected()));

    assertThat(refused.getCheckStatus().getTcp().hasSucceeded()).isTrue();
    assertThat(refused.getCheckStatus().getTcp().getSucceeded()).isFalse();
    assertThat(connected.getCheckStatus().getTcp().getSucceeded()).isTrue();
  }

  @Test
  void noResultOfACheckKillsTheTask() {
    ContainerId id = story.running(checked(command("./ready")));

    for (int i = 1; i <= 10; i++) {
      List<AgentEffect> effects = report(id, new ProbeResult.Exited(i));
      assertThat(AgentStory.all(effects, AgentEffect.StopContainer.class)).isEmpty();
    }
  }

  @Test
  void terminalStatusCarriesTheLatestResult() {
    ContainerId id = story.running(checked(command("./ready")));
    story.acknowledge(onlyStatus(report(id, new ProbeResult.Exited(3))));

    TaskStatus finished = onlyStatus(story.exited(id, 0));

    assertThat(finished.getState()).isEqualTo(TaskState.TASK_FINISHED);
    assertThat(finished.hasReason()).isFalse();
    assertThat(finished.getCheckStatus().getCommand().getExitCode()).isEqualTo(3);
  }

  @Test
  void checksEndWithTheKill() {
    ContainerId id = story.running(checked(command("./ready")));

    List<AgentEffect> killing = story.kill("a");
    List<AgentEffect> late = report(id, new ProbeResult.Exited(1));

    assertThat(killing).contains(new AgentEffect.StopChecks(id));
    assertThat(late).isEmpty();
  }

  @Test
  void tasksOfGroupsAreCheckedToo() {
    List<AgentEffect> launched = story.runGroup(checked(tcp(80)), task("b"));
    statuses(launched).forEach(story::acknowledge);
    ContainerId id =
        AgentStory.all(launched, AgentEffect.LaunchContainer.class).getFirst().launch().id();
    List<AgentEffect> started = story.started(id);
    story.acknowledge(onlyStatus(started));

    TaskStatus status = onlyStatus(report(id, new ProbeResult.Connected()));

    assertThat(only(started, AgentEffect.StartChecks.class).id()).isEqualTo(id);
    assertThat(status.getTaskId().getValue()).isEqualTo("a");
    assertThat(status.getCheckStatus().getTcp().getSucceeded()).isTrue();
  }
}
