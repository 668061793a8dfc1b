package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** Apps with volumes of their own, from reservation to destruction. */
class ResidentTest {
  private static final AppId DB = new AppId("/shop/db");
  private static final String ROLE = "data";

  private static AppDefinition db(int instances) {
    return db(DB, instances);
  }

  static AppDefinition db(AppId id, int instances) {
    Volume volume =
        new Volume.Persistent(
            "data",
            Volume.Mode.RW,
            Volume.DiskType.ROOT,
            100,
            OptionalLong.empty(),
            Optional.empty(),
            List.of());
    return AppDefinition.builder(id)
        .cmd(Optional.of("sleep 1000"))
        .instances(instances)
        .cpus(1)
        .mem(128)
        .disk(10)
        .role(Optional.of(ROLE))
        .upgradeStrategy(UpgradeStrategy.RESIDENT)
        .unreachableStrategy(new UnreachableStrategy.Disabled())
        .container(
            Optional.of(
                new Container(Container.Type.MESOS, Optional.empty(), List.of(volume), List.of())))
        .portDefinitions(
            List.of(new PortDefinition(0, Protocol.TCP, Optional.empty(), new TreeMap<>())))
        .build();
  }

  static AgentLedger agent(String hostname) {
    return new AgentLedger(
        hostname,
        Resources.of(
            Resource.unreserved("cpus", Scalar.of(8)),
            Resource.unreserved("mem", Scalar.of(8000)),
            Resource.unreserved("disk", Scalar.of(10000)),
            Resource.unreserved("ports", Ranges.of(31000, 31099))));
  }

  private static World running(AppDefinition app, AgentLedger agent) {
    World world = World.ready();
    world.create(app);
    world.offer(agent, ROLE);
    world.allRunning(app.id());
    world.pass(Duration.ofSeconds(10));
    assertThat(world.deployments()).isEmpty();
    world.effects.clear();
    return world;
  }

  private static Instance only(World world) {
    List<Instance> all = world.instances(DB);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static List<Operation.Type> operations(World world) {
    List<Operation.Type> types = new ArrayList<>();
    world
        .calls(Call.Type.ACCEPT)
        .forEach(
            call -> call.getAccept().getOperationsList().forEach(one -> types.add(one.getType())));
    return types;
  }

  @Test
  void aNewInstanceReservesMakesItsVolumeAndLaunchesInOneGo() {
    AgentLedger agent = agent("a");
    World world = World.ready();
    world.create(db(1));
    world.offer(agent, ROLE);

    assertThat(operations(world))
        .containsExactly(Operation.Type.RESERVE, Operation.Type.CREATE, Operation.Type.LAUNCH);
    assertThat(agent.dropped).isEmpty();
    Instance instance = only(world);
    assertThat(agent.volumes())
        .containsExactly(instance.reservation().orElseThrow().volumes().getFirst().persistenceId());
    assertThat(agent.volumes().getFirst()).startsWith("shop_db#data#");
    assertThat(agent.reserved().scalar("cpus")).isEqualTo(Scalar.of(1));
    assertThat(agent.reserved().scalar("disk")).isEqualTo(Scalar.of(110));
    assertThat(agent.volumeOf(instance.taskId())).isEqualTo(agent.volumes().getFirst());
    TaskInfo task = Objects.requireNonNull(world.tasks.get(instance.taskId()));
    assertThat(task.getResourcesList())
        .anyMatch(part ->
            part.getDisk().getVolume().getContainerPath().equals("data")
                && part.getReservation().getLabels().getLabelsCount() == 2);
    assertThat(world.store).containsKey("/instances/" + instance.id());
  }

  @Test
  void whatEndsComesBackToItsVolumeWithAnotherAttempt() {
    AgentLedger agent = agent("a");
    AgentLedger other = agent("b");
    World world = running(db(1), agent);
    Instance before = only(world);
    String volume = agent.volumes().getFirst();

    world.end(agent, before, TaskState.TASK_FAILED);
    Instance waiting = only(world);
    assertThat(waiting.condition()).isEqualTo(Condition.SCHEDULED);
    assertThat(waiting.id()).isEqualTo(before.id());
    assertThat(world.view(DB).waiting().orElseThrow().delayUntil()).isPresent();

    world.pass(Duration.ofSeconds(3));
    world.offer(other, ROLE);
    assertThat(other.reserved().isEmpty()).isTrue();
    assertThat(only(world).condition()).isEqualTo(Condition.SCHEDULED);
    Refusal why =
        Objects.requireNonNull(
                world.view(DB).waiting().orElseThrow().lastOfferByAgent().get("agent-b"))
            .refusals()
            .getFirst();
    assertThat(why.reason()).isEqualTo(Refusal.Reason.NO_CORRESPONDING_RESERVATION_FOUND);
    assertThat(why.text()).contains("on a (agent agent-a)");

    world.offer(agent, ROLE);
    Instance again = only(world);
    assertThat(again.id()).isEqualTo(before.id());
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.taskId()).isEqualTo(before.id().taskId(2));
    assertThat(agent.volumeOf(again.taskId())).isEqualTo(volume);
    assertThat(agent.created).hasSize(1);
    assertThat(agent.dropped).isEmpty();
  }

  @Test
  void aRestartRenewsEachInstanceWhereItIs() {
    AgentLedger agent = agent("a");
    World world = running(db(2), agent);
    List<Instance> before = world.instances(DB);
    world.change(db(2).toBuilder().cmd(Optional.of("sleep 2000")).build(), false);
    // half of them may be down
    assertThat(world.killed()).hasSize(1);

    for (int round = 0; round < 2; round++) {
      Instance stopped =
          world.instances(DB).stream()
              .filter(instance -> instance.goal() == Goal.STOPPED)
              .findFirst()
              .orElseThrow();
      world.end(agent, stopped, TaskState.TASK_KILLED);
      world.pass(Duration.ofSeconds(10));
      world.offer(agent, ROLE);
      assertThat(world.killed()).hasSize(round + 1);
      world.allRunning(DB);
    }
    assertThat(world.deployments()).isEmpty();
    assertThat(world.instances(DB).stream().map(Instance::id))
        .containsExactlyInAnyOrderElementsOf(before.stream().map(Instance::id).toList());
    assertThat(world.instances(DB)).allMatch(instance -> instance.attempt() == 2);
    assertThat(agent.created).hasSize(2);
    assertThat(agent.destroyed).isEmpty();
  }

  @Test
  void aSingleInstanceGoesDownToBeRenewed() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    world.ask(Asks.restart(world.nextRequest(), DB, false));
    assertThat(world.killed()).hasSize(1);
    world.end(agent, only(world), TaskState.TASK_KILLED);
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, ROLE);
    world.allRunning(DB);

    assertThat(world.deployments()).isEmpty();
    assertThat(only(world).attempt()).isEqualTo(2);
    assertThat(agent.created).hasSize(1);
  }

  @Test
  void scalingDownFreesWhatIsNotNeededAndNothingElse() {
    AgentLedger agent = agent("a");
    World world = running(db(2), agent);
    world.change(db(1), false);
    String gone = world.killed().getFirst();
    Instance ending =
        world.instances(DB).stream()
            .filter(is -> is.taskId().equals(gone))
            .findFirst()
            .orElseThrow();
    assertThat(ending.goal()).isEqualTo(Goal.DECOMMISSIONED);
    world.end(agent, ending, TaskState.TASK_KILLED);
    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/leftovers")).hasSize(1);

    world.pass(Duration.ofSeconds(6));
    assertThat(world.calls(Call.Type.REVIVE)).isNotEmpty();
    world.offer(agent, ROLE);
    assertThat(agent.dropped).isEmpty();
    assertThat(agent.destroyed).hasSize(1);
    assertThat(agent.volumes())
        .containsExactly(
            only(world).reservation().orElseThrow().volumes().getFirst().persistenceId());
    assertThat(agent.reserved().scalar("disk")).isEqualTo(Scalar.of(110));

    world.pass(Duration.ofMinutes(1));
    assertThat(world.storedIn("/leftovers")).isEmpty();
    assertThat(world.calls(Call.Type.SUPPRESS)).isNotEmpty();
  }

  @Test
  void aDeletedAppLeavesNothingBehind() {
    AgentLedger agent = agent("a");
    World world = running(db(2), agent);
    List<Instance> all = world.instances(DB);
    world.delete(DB);
    for (Instance instance : all) {
      world.end(agent, instance, TaskState.TASK_KILLED);
    }
    assertThat(world.deployments()).isEmpty();
    world.offer(agent, ROLE);
    assertThat(agent.reserved().isEmpty()).isTrue();
    assertThat(agent.volumes()).isEmpty();
  }

  @Test
  void aDeletedAppThatWaitsForItsReservationLeavesNothingBehind() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    world.end(agent, only(world), TaskState.TASK_FAILED);
    world.delete(DB);
    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/instances")).isEmpty();
    world.offer(agent, ROLE);
    assertThat(agent.reserved().isEmpty()).isTrue();
  }

  @Test
  void whatIsKilledComesBackAndWhatIsWipedIsMadeAnew() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance first = only(world);
    kill(world, false);
    assertThat(only(world).goal()).isEqualTo(Goal.STOPPED);
    world.end(agent, only(world), TaskState.TASK_KILLED);
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, ROLE);
    world.allRunning(DB);
    assertThat(only(world).id()).isEqualTo(first.id());

    kill(world, true);
    Instance second = only(world);
    assertThat(second.goal()).isEqualTo(Goal.DECOMMISSIONED);
    world.end(agent, second, TaskState.TASK_KILLED);
    world.pass(Duration.ofSeconds(10));
    // the first offer frees what was, the second is used
    world.offer(agent, ROLE);
    assertThat(agent.reserved().isEmpty()).isTrue();
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isNotEqualTo(first.id());
    assertThat(agent.volumes()).hasSize(1);
    assertThat(agent.created).hasSize(2);
  }

  private static void kill(World world, boolean wipe) {
    world.ask(
        new ServicesCommand.KillInstances(
            world.nextRequest(),
            List.of(),
            Optional.of(DB),
            Optional.empty(),
            false,
            wipe,
            WriteOptions.forced(false)));
  }

  @Test
  void anInstanceWhoseAgentIsOutOfTouchIsWaitedFor() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    world.update(only(world), TaskState.TASK_UNREACHABLE);
    world.pass(Duration.ofHours(5));
    world.offer(agent("b"), ROLE);
    assertThat(only(world).condition()).isEqualTo(Condition.UNREACHABLE);
    world.update(only(world), TaskState.TASK_RUNNING);
    assertThat(only(world).isRunning()).isTrue();
  }

  @Test
  void anInstanceWhoseAgentIsGoneForGoodIsMadeAnew() {
    AgentLedger agent = agent("a");
    AgentLedger other = agent("b");
    World world = running(db(1), agent);
    Instance lost = only(world);
    world.update(lost, TaskState.TASK_GONE_BY_OPERATOR);
    world.pass(Duration.ofSeconds(10));
    world.offer(other, ROLE);
    assertThat(only(world).id()).isNotEqualTo(lost.id());
    assertThat(other.volumes()).hasSize(1);
  }

  @Test
  void whatWasLostOnTheWayIsGivenUpAndMadeAnew() {
    AgentLedger agent = agent("a");
    agent.dropping.add(Operation.Type.CREATE);
    World world = World.ready();
    world.create(db(1));
    world.offer(agent, ROLE);
    assertThat(agent.dropped).hasSize(2);
    Instance first = only(world);
    world.update(first, TaskState.TASK_ERROR);
    assertThat(only(world).condition()).isEqualTo(Condition.SCHEDULED);
    agent.dropping.clear();

    world.pass(Duration.ofSeconds(2));
    world.offer(agent, ROLE);
    world.pass(Duration.ofSeconds(30));
    world.offer(agent, ROLE);
    assertThat(agent.reserved().isEmpty()).isTrue();
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isNotEqualTo(first.id());
    assertThat(agent.volumes()).hasSize(1);
    assertThat(agent.dropped).hasSize(2);
  }

  @Test
  void aLaunchThatFailedWhereTheVolumeWasMadeIsTriedAgainThere() {
    AgentLedger agent = agent("a");
    agent.dropping.add(Operation.Type.LAUNCH);
    World world = World.ready();
    world.create(db(1));
    world.offer(agent, ROLE);
    Instance first = only(world);
    world.update(first, TaskState.TASK_ERROR);
    agent.dropping.clear();
    world.pass(Duration.ofSeconds(2));
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isEqualTo(first.id());
    assertThat(only(world).attempt()).isEqualTo(2);
    assertThat(agent.created).hasSize(1);
  }

  @Test
  void twoAppsNeverGetEachOthersVolumes() {
    AppId left = new AppId("/left");
    AppId right = new AppId("/right");
    AgentLedger agent = agent("a");
    World world = World.ready();
    world.create(db(left, 1));
    world.create(db(right, 1));
    world.offer(agent, ROLE);
    world.allRunning(left);
    world.allRunning(right);
    world.pass(Duration.ofSeconds(10));
    Instance before = world.instances(right).getFirst();
    String volume = agent.volumeOf(before.taskId());
    world.end(agent, world.instances(left).getFirst(), TaskState.TASK_FAILED);
    world.end(agent, before, TaskState.TASK_FAILED);
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, ROLE);
    Instance after = world.instances(right).getFirst();
    assertThat(after.attempt()).isEqualTo(2);
    assertThat(agent.volumeOf(after.taskId())).isEqualTo(volume).startsWith("right#data#");
    assertThat(agent.volumeOf(world.instances(left).getFirst().taskId())).startsWith("left#data#");
  }

  @Test
  void othersDoNotUseWhatIsKeptForAnInstance() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    world.end(agent, only(world), TaskState.TASK_FAILED);
    AppId greedy = new AppId("/greedy");
    world.create(
        AppDefinition.builder(greedy)
            .cmd(Optional.of("sleep 1000"))
            .role(Optional.of(ROLE))
            .cpus(8)
            .mem(64)
            .build());
    world.offer(agent, ROLE);
    assertThat(world.instances(greedy)).isEmpty();
    assertThat(agent.dropped).isEmpty();
  }

  @Test
  void aWaitingInstanceIsFoundAgainByTheNextLeader() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance before = only(world);
    world.end(agent, before, TaskState.TASK_FAILED);
    world.restart();
    world.subscribed("framework-1");
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isEqualTo(before.id());
    assertThat(only(world).attempt()).isEqualTo(2);
    assertThat(agent.created).hasSize(1);
  }

  @Test
  void aCrashBeforeTheOfferWasAcceptedLeavesNothingBehind() {
    AgentLedger agent = agent("a");
    World world = World.ready();
    world.create(db(1));
    world.holdStore = true;
    world.offer(agent, ROLE);
    world.happens(World.Happened.EVERYTHING);
    world.held.clear();
    world.holdStore = false;
    world.restart();
    world.subscribed("framework-1");
    Instance stored = only(world);
    // the master does not know the task
    world.update(stored, TaskState.TASK_DROPPED);
    world.pass(Duration.ofSeconds(40));
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isNotEqualTo(stored.id());
    assertThat(agent.volumes()).hasSize(1);
    assertThat(agent.dropped).isEmpty();
  }

  @Test
  void aCrashBeforeTheReservationWasFreedIsMadeUpFor() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance instance = only(world);
    world.delete(DB);
    world.end(agent, instance, TaskState.TASK_KILLED);
    world.restart();
    world.subscribed("framework-1");
    assertThat(world.calls(Call.Type.SUPPRESS)).isEmpty();
    assertThat(
            world.effects.stream()
                .filter(ServicesEffect.Subscribe.class::isInstance)
                .map(effect -> ((ServicesEffect.Subscribe) effect).framework().getRolesList()))
        .allMatch(roles -> roles.contains(ROLE));
    world.offer(agent, ROLE);
    assertThat(agent.reserved().isEmpty()).isTrue();
  }

  @Test
  void nothingIsFreedWhileTheStoreMaySayThatItIsOwned() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance instance = only(world);
    world.delete(DB);
    world.holdStore = true;
    world.end(agent, instance, TaskState.TASK_KILLED);
    world.offer(agent, ROLE);
    assertThat(agent.volumes()).hasSize(1);
    world.holdStore = false;
    world.releaseStore();
    world.offer(agent, ROLE);
    assertThat(agent.volumes()).isEmpty();
  }

  @Test
  void anotherLaunchThatIsNotStoredWaitsOn() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance before = only(world);
    world.end(agent, before, TaskState.TASK_FAILED);
    world.pass(Duration.ofSeconds(10));
    world.holdStore = true;
    world.offer(agent, ROLE);
    world.loseStore(World.Happened.NOTHING);
    world.holdStore = false;
    world.releaseStore();
    assertThat(only(world).condition()).isEqualTo(Condition.SCHEDULED);
    world.offer(agent, ROLE);
    assertThat(only(world).id()).isEqualTo(before.id());
    assertThat(only(world).condition()).isEqualTo(Condition.PROVISIONED);
    assertThat(agent.created).hasSize(1);
  }

  @Test
  void anOldTaskThatTurnsUpIsEnded() {
    AgentLedger agent = agent("a");
    World world = running(db(1), agent);
    Instance before = only(world);
    world.update(before, TaskState.TASK_UNKNOWN);
    world.update(before, TaskState.TASK_RUNNING);
    assertThat(world.killed()).containsExactly(before.taskId());
    assertThat(only(world).condition()).isEqualTo(Condition.SCHEDULED);
  }
}
