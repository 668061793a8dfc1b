package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** What a new master makes of the registry, and of agents and frameworks of the old one's time. */
class MasterFailoverStoryTest {
  private static final Duration SILENCE = Duration.ofSeconds(75);

  private final Cluster before = new Cluster();
  private final FakeScheduler scheduler = before.subscribe(Cluster.partitionAware("web"));
  private final FakeAgent agent = before.registerAgent("a", 4, 1024);
  private final TaskInfo running = launched("t");

  private TaskInfo launched(String id) {
    Offer offer = scheduler.offer();
    scheduler.accept(List.of(offer), 0, launch(task(id, offer, 1, 128)));
    TaskInfo task = agent.launched().getFirst();
    agent.runs(scheduler, task, TaskState.TASK_RUNNING);
    return task;
  }

  private FakeScheduler failedOver(Cluster next) {
    FakeScheduler same = next.subscribe(Cluster.partitionAware("web").setId(scheduler.id));
    same.events();
    return same;
  }

  private static Call.Reconcile.Task.Builder about(String task, AgentID agent) {
    return Call.Reconcile.Task.newBuilder().setTaskId(Launches.id(task)).setAgentId(agent);
  }

  private static Call.Reconcile.Task.Builder about(String task) {
    return Call.Reconcile.Task.newBuilder().setTaskId(Launches.id(task));
  }

  @Test
  void admittedAgentsAreExpectedBackAndNotOffered() {
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    assertThat(next.snapshot().decisions().recoveredAgents()).containsOnlyKeys(agent.modelId());
    assertThat(next.snapshot().agents()).isEmpty();
    assertThat(same.offers()).isEmpty();

    next.holdStores();
    FakeAgent back = agent.movedTo(next);
    back.subscribe();

    assertThat(back.isWelcome()).as("nothing needs to be written").isTrue();
    assertThat(next.snapshot().decisions().recoveredAgents()).isEmpty();
    assertThat(same.view().tasks()).hasSize(1);
    assertThat(same.offers()).hasSize(1);
    next.advance(Duration.ofHours(1));
    assertThat(back.view().connected()).isTrue();
  }

  @Test
  void agentsThatStayAwayBecomeUnreachableAndOnlyThenTheirTasksDo() {
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    same.reconcile(about("t", agent.id()), about("t"), about("u", agentId("m-S99")));
    assertThat(same.status().getState())
        .as("no agent of that id may come back")
        .isEqualTo(TaskState.TASK_UNKNOWN);
    assertThat(same.statuses()).isEmpty();

    next.holdStores();
    next.advance(Cluster.PATIENCE);
    assertThat(next.storesHeld()).containsExactly("unreachable/m-S0");
    assertThat(same.statuses()).isEmpty();
    next.answerStores();

    List<TaskStatus> told = same.statuses();
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
    assertThat(next.snapshot().decisions().recoveredAgents()).isEmpty();
    assertThat(next.snapshot().decisions().unreachableAgents()).containsOnlyKeys(agent.modelId());

    agent.movedTo(next).subscribe();
    next.answerStores();
    assertThat(same.status().getReason()).isEqualTo(TaskStatus.Reason.REASON_AGENT_REREGISTERED);
  }

  private static MasterSnapshot.FrameworkView view(Cluster cluster, FrameworkId id) {
    return Optional.ofNullable(cluster.snapshot().frameworks().get(id)).orElseThrow();
  }

  private static AgentID agentId(String id) {
    return AgentID.newBuilder().setValue(id).build();
  }

  @Test
  void questionsAreAnsweredByTheAgentThatComesBack() {
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    for (int i = 0; i < 3; i++) {
      same.reconcile(about("t", agent.id()), about("v", agent.id()), about("w"));
    }
    assertThat(same.statuses()).isEmpty();

    agent.movedTo(next).subscribe();

    assertThat(same.statuses())
        .as("each is answered once")
        .extracting(status -> status.getTaskId().getValue(), TaskStatus::getState)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("t", TaskState.TASK_RUNNING),
            org.assertj.core.groups.Tuple.tuple("v", TaskState.TASK_GONE),
            org.assertj.core.groups.Tuple.tuple("w", TaskState.TASK_UNKNOWN));
  }

  @Test
  void unreachableAgentsStaySo() {
    agent.disconnect();
    before.advance(SILENCE);
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);

    same.reconcile(about("t", agent.id()));

    assertThat(same.status().getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
    assertThat(next.snapshot().decisions().unreachableAgents())
        .isEqualTo(before.snapshot().decisions().unreachableAgents());
  }

  @Test
  void newerOfTwoRecordsOfACrashCounts() {
    RegistryRecord admitted = before.stored("admitted/m-S0");
    agent.disconnect();
    before.advance(SILENCE);
    before.stored.put("admitted/m-S0", admitted);
    Cluster next = before.successor();
    assertThat(next.snapshot().decisions().unreachableAgents()).containsKey(agent.modelId());
    assertThat(next.snapshot().decisions().recoveredAgents()).isEmpty();
    assertThat(next.stored).doesNotContainKey("admitted/m-S0");

    RegistryRecord unreachable = before.stored("unreachable/m-S0");
    agent.subscribe();
    before.stored.put("unreachable/m-S0", unreachable);
    Cluster third = before.successor();
    assertThat(third.snapshot().decisions().unreachableAgents()).isEmpty();
    assertThat(third.snapshot().decisions().recoveredAgents()).containsKey(agent.modelId());
    assertThat(third.stored).doesNotContainKey("unreachable/m-S0");
  }

  @Test
  void rateLimitHoldsForAgentsOfTheOldMasterToo() {
    before.registerAgent("b", 4, 1024);
    FakeAgent third = before.registerAgent("c", 4, 1024);
    Cluster next =
        before.successor(config -> new Cluster.Config().removalRate("1/10mins").of(config));
    next.advance(Cluster.PATIENCE);
    assertThat(next.snapshot().decisions().unreachableAgents()).hasSize(1);
    assertThat(next.snapshot().decisions().recoveredAgents()).hasSize(2);

    third.movedTo(next).subscribe();
    next.advance(Duration.ofHours(1));

    assertThat(next.snapshot().decisions().unreachableAgents()).hasSize(2);
    assertThat(next.snapshot().agents()).containsKey(third.modelId());
  }

  @Test
  void tooManyMissingAgentsEndTheMasterInsteadOfTheirTasks() {
    FakeAgent second = before.registerAgent("b", 4, 1024);
    before.registerAgent("c", 4, 1024);
    Cluster next = before.successor(config -> new Cluster.Config().removalMax(0.5).of(config));
    second.movedTo(next).subscribe();
    next.advance(Cluster.PATIENCE);

    assertThat(next.aborted).isPresent();
    assertThat(next.aborted.orElseThrow())
        .contains("2 of 3", "--recovery_agent_removal_limit=50.0%");
    assertThat(next.snapshot().decisions().unreachableAgents()).isEmpty();
  }

  @Test
  void newAgentsGetOtherIds() {
    Cluster next = before.successor();
    FakeAgent young = next.registerAgent("b", 4, 1024);
    assertThat(young.id()).isNotEqualTo(agent.id());
    assertThat(next.subscribe("web").id).isNotEqualTo(scheduler.id);
  }

  @Test
  void lostRegistryIsNotTakenForAnEmptyOne() {
    before.stored.clear();
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    assertThat(next.warnings).isEmpty();
    FakeAgent other = before.registerAgent("b", 4, 1024);

    agent.movedTo(next).subscribe();

    assertThat(next.warnings).hasSize(1);
    assertThat(next.warnings.getFirst()).contains("m-S0", "cosm registry import");
    assertThat(same.view().tasks()).hasSize(1);
    same.reconcile(about("u", other.id()));
    assertThat(same.statuses()).as("it may come back too").isEmpty();
    next.advance(Cluster.PATIENCE);
    assertThat(same.status().getState()).isEqualTo(TaskState.TASK_UNKNOWN);
  }

  @Test
  void registryThatNamesNoAgentsHasThePatienceOfOldFor() {
    before.stored.keySet().removeIf(name -> name.startsWith("admitted/"));
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    same.reconcile(about("t", agent.id()));
    assertThat(same.statuses()).isEmpty();

    next.advance(Cluster.PATIENCE);

    assertThat(same.status().getState()).isEqualTo(TaskState.TASK_UNKNOWN);
  }

  @Test
  void registryOfANewerMasterIsRefused() {
    before.stored.put(
        "cluster",
        RegistryRecord.newBuilder()
            .setCluster(
                RegistryProtos.Cluster.newBuilder()
                    .addMinimumCapabilities("QUOTA_V2")
                    .addMinimumCapabilities("TELEPATHY"))
            .build());

    assertThat(before.successor().aborted.orElseThrow())
        .contains("TELEPATHY", "upgrade")
        .doesNotContain("QUOTA_V2");
  }

  @Test
  void killForAnAgentThatIsNotBackYetReachesIt() {
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    same.kill("t");
    assertThat(same.statuses()).isEmpty();

    FakeAgent back = agent.movedTo(next);
    back.subscribe();

    assertThat(back.events(LinkEvent.Type.KILL_TASK))
        .singleElement()
        .satisfies(
            event -> assertThat(event.getKillTask().getTaskId()).isEqualTo(running.getTaskId()));
  }

  @Test
  void failoverTimeoutGoesOnUnderTheNextMaster() {
    scheduler.disconnect();
    FrameworkId id = new FrameworkId(scheduler.id.getValue());
    assertThat(before.stored).containsKey("frameworks/" + id);
    before.advance(Duration.ofMinutes(50));
    Cluster next = before.successor();
    assertThat(view(next, id).recovered()).isTrue();
    FakeAgent back = agent.movedTo(next);
    back.subscribe();
    next.advance(Duration.ofMinutes(9));
    assertThat(next.snapshot().frameworks()).containsKey(id);
    assertThat(view(next, id).tasks()).hasSize(1);

    next.advance(Duration.ofMinutes(2));

    assertThat(next.snapshot().frameworks()).isEmpty();
    assertThat(back.events(LinkEvent.Type.SHUTDOWN_FRAMEWORK)).hasSize(1);
    assertThat(next.stored).doesNotContainKey("frameworks/" + id);
  }

  @Test
  void frameworkWhoseTimeRanOutMeanwhileHasAsLongAsAgents() {
    scheduler.disconnect();
    Cluster next = before.successor();
    next.now = next.now.plus(Duration.ofDays(1));
    Cluster late = next.successor();
    FrameworkId id = new FrameworkId(scheduler.id.getValue());
    late.advance(Cluster.PATIENCE.minusSeconds(1));
    assertThat(late.snapshot().frameworks()).containsKey(id);

    FakeScheduler same = failedOver(late);
    late.advance(Duration.ofHours(2));

    assertThat(same.view().connected()).isTrue();
    assertThat(late.stored).doesNotContainKey("frameworks/" + id);
  }

  @Test
  void frameworkKnownFromAgentsOnlyMayStayAwayFromThenOn() {
    Cluster next = before.successor();
    agent.movedTo(next).subscribe();
    FrameworkId id = new FrameworkId(scheduler.id.getValue());
    assertThat(next.stored).doesNotContainKey("frameworks/" + id);
    next.advance(Duration.ofMinutes(59));
    assertThat(view(next, id).recovered()).isTrue();

    next.advance(Duration.ofMinutes(1));

    assertThat(next.snapshot().frameworks()).isEmpty();
  }

  @Test
  void frameworkThatIsBackIsNotWrittenDownAnyMore() {
    scheduler.disconnect();
    assertThat(before.stored).containsKey("frameworks/" + scheduler.id.getValue());

    failedOver(before);

    assertThat(before.stored).doesNotContainKey("frameworks/" + scheduler.id.getValue());
    before.teardown(new FrameworkId(scheduler.id.getValue()));
    assertThat(before.stored).containsOnlyKeys("cluster", "admitted/m-S0");
  }

  @Test
  void frameworkWithoutTasksIsNotWrittenDown() {
    FakeScheduler idle = before.subscribe("db");
    idle.disconnect();
    assertThat(before.stored).doesNotContainKey("frameworks/" + idle.id.getValue());
  }
}
