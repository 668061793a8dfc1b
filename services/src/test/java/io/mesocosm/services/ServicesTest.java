package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** The services scheduler, told as stories. */
class ServicesTest {
  private static final AppId WEB = new AppId("/shop/web");

  private static AppDefinition web(int instances) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of("sleep 1000"))
        .instances(instances)
        .cpus(1)
        .mem(128)
        .portDefinitions(
            List.of(new PortDefinition(0, Protocol.TCP, Optional.empty(), new TreeMap<>())))
        .build();
  }

  private static AppDefinition unique(int instances) {
    return web(instances).toBuilder()
        .constraints(
            List.of(new Constraint("hostname", Constraint.Operator.UNIQUE, Optional.empty())))
        .build();
  }

  private static World running(AppDefinition app) {
    World world = World.ready();
    world.create(app);
    world.offer("a", 100, 100000);
    while (!world.view(WEB).waiting().isEmpty()) {
      world.offer("a", 100, 100000);
    }
    world.allRunning(WEB);
    world.pass(Duration.ofSeconds(10));
    world.effects.clear();
    return world;
  }

  @Test
  void anAppIsStoredThenAnsweredThenLaunchedThenDeployed() {
    World world = World.ready();
    world.holdStore = true;
    world.handle(Asks.create(world.nextRequest(), web(1), false));
    assertThat(world.answer(1)).isEmpty();
    assertThat(world.calls(Call.Type.REVIVE)).isEmpty();

    world.releaseStore();
    assertThat(world.answer(1).orElseThrow()).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.calls(Call.Type.REVIVE)).hasSize(1);
    assertThat(world.deployments()).hasSize(1);

    world.offer("a", 4, 1000);
    assertThat(world.calls(Call.Type.ACCEPT)).isEmpty();
    world.releaseStore();
    assertThat(world.calls(Call.Type.ACCEPT)).hasSize(1);
    assertThat(world.store).containsKey("/instances/" + world.instances(WEB).getFirst().id());

    world.allRunning(WEB);
    assertThat(world.deployments()).isEmpty();
    assertThat(world.view(WEB).counts().running()).isEqualTo(1);
    assertThat(world.calls(Call.Type.ACKNOWLEDGE)).hasSize(1);
    assertThat(world.calls(Call.Type.SUPPRESS)).isNotEmpty();
  }

  @Test
  void servicePortsAreAssignedAndKept() {
    World world = World.ready();
    world.create(web(0));
    int port = world.view(WEB).app().servicePorts().getFirst();
    assertThat(port).isBetween(10000, 20000);
    world.change(web(1), false);
    assertThat(world.view(WEB).app().servicePorts()).containsExactly(port);
  }

  @Test
  void aFourthInstanceOnThreeAgentsWaitsAndSaysWhy() {
    World world = World.ready();
    world.create(unique(4));
    world.offer("a", 4, 1000);
    world.offer("b", 4, 1000);
    world.offer("c", 4, 1000);
    assertThat(world.instances(WEB)).hasSize(3);
    world.offer("a", 4, 1000);
    Waiting waiting = world.view(WEB).waiting().orElseThrow();
    assertThat(waiting.count()).isEqualTo(1);
    assertThat(waiting.lastOffers()).hasSize(3);
    Refusal refusal = waiting.lastOffers().getFirst().refusals().getFirst();
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.UNFULFILLED_CONSTRAINT);
    assertThat(refusal.text()).isEqualTo("constraint hostname UNIQUE: a already has an instance");
    assertThat(world.calls(Call.Type.DECLINE)).hasSize(1);
  }

  @Test
  void anAppThatIsTooLargeSaysWhatItNeeds() {
    World world = World.ready();
    world.create(web(1).toBuilder().mem(20000).build());
    world.offer("a", 4, 5000);
    assertThat(world.view(WEB).waiting().orElseThrow().lastOffers().getFirst().refusals())
        .extracting(Refusal::text)
        .containsExactly("needs mem 20000, offer has 5000");
    Call decline = world.calls(Call.Type.DECLINE).getFirst();
    assertThat(decline.getDecline().getFilters().getRefuseSeconds()).isEqualTo(120);
  }

  @Test
  void aFailedInstanceIsReplacedAfterItsDelay() {
    World world = running(web(1));
    Instance first = world.instances(WEB).getFirst();
    world.update(first, TaskState.TASK_FAILED);
    assertThat(world.view(WEB).waiting().orElseThrow().delayUntil())
        .contains(world.now.plusSeconds(1));
    assertThat(world.view(WEB).lastTaskFailure().orElseThrow().state()).isEqualTo("TASK_FAILED");
    assertThat(world.calls(Call.Type.REVIVE)).isEmpty();

    world.pass(Duration.ofSeconds(6));
    assertThat(world.calls(Call.Type.REVIVE)).isNotEmpty();
    world.offer("a", 4, 1000);
    assertThat(world.instances(WEB)).hasSize(1).doesNotContain(first);
  }

  @Test
  void repeatedFailuresWaitLongerAndTheDelayCanBeReset() {
    World world = running(web(1).toBuilder().backoffFactor(2).build());
    for (int i = 0; i < 3; i++) {
      world.update(world.instances(WEB).getFirst(), TaskState.TASK_FAILED);
      if (i < 2) {
        world.pass(Duration.ofSeconds(10));
        world.offer("a", 4, 1000);
      }
    }
    assertThat(world.view(WEB).waiting().orElseThrow().delayUntil())
        .contains(world.now.plusSeconds(4));
    assertThat(world.ask(new ServicesCommand.ResetDelay(world.nextRequest(), WEB)))
        .isEqualTo(new ApiAnswer.Done());
    assertThat(world.view(WEB).waiting().orElseThrow().delayUntil()).isEmpty();
  }

  @Test
  void scalingDownEndsTheYoungest() {
    World world = running(web(2));
    world.pass(Duration.ofMinutes(1));
    world.change(web(3), false);
    world.offer("b", 4, 1000);
    world.allRunning(WEB);
    Instance youngest =
        world.instances(WEB).stream()
            .filter(instance -> instance.placement().hostname().equals("b"))
            .findFirst()
            .orElseThrow();
    world.change(web(2), false);
    assertThat(world.killed()).containsExactly(youngest.taskId());
    assertThat(world.deployments()).hasSize(1);
    world.update(youngest, TaskState.TASK_KILLED);
    assertThat(world.deployments()).isEmpty();
    assertThat(world.instances(WEB)).hasSize(2);
    assertThat(world.view(WEB).waiting()).isEmpty();
  }

  @Test
  void killsAreRepeatedUntilAnswered() {
    World world = running(web(1));
    world.change(web(0), false);
    world.pass(Duration.ofSeconds(61));
    assertThat(world.calls(Call.Type.KILL)).hasSize(3);
  }

  @Test
  void aRollingChangeStaysWithinItsBounds() {
    UpgradeStrategy strategy = new UpgradeStrategy(0.5, 0.25);
    World world = running(web(4).toBuilder().upgradeStrategy(strategy).build());
    AppDefinition next =
        web(4).toBuilder().upgradeStrategy(strategy).cmd(Optional.of("sleep 2000")).build();
    assertThat(world.change(next, false)).isInstanceOf(ApiAnswer.Deployed.class);
    for (int round = 0; round < 20 && !world.deployments().isEmpty(); round++) {
      assertWithin(world, 2, 5);
      for (String taskId : world.killed()) {
        world.instances(WEB).stream()
            .filter(instance -> instance.taskId().equals(taskId))
            .forEach(instance -> world.update(instance, TaskState.TASK_KILLED));
      }
      assertWithin(world, 2, 5);
      world.offer("a", 100, 100000);
      assertWithin(world, 2, 5);
      world.allRunning(WEB);
      world.pass(Duration.ofSeconds(6));
    }
    assertThat(world.deployments()).isEmpty();
    assertThat(world.instances(WEB))
        .hasSize(4)
        .allMatch(is -> is.configVersion().equals(world.view(WEB).app().lastConfigChangeAt()));
  }

  private static void assertWithin(World world, int healthyMin, int capacityMax) {
    List<Instance> all = world.instances(WEB);
    assertThat(all.size()).isLessThanOrEqualTo(capacityMax);
    assertThat(all.stream().filter(is -> is.wanted() && is.isRunning()).count())
        .isGreaterThanOrEqualTo(healthyMin);
  }

  @Test
  void aRestartReplacesEveryInstance() {
    World world = running(web(1));
    Instance old = world.instances(WEB).getFirst();
    assertThat(world.ask(Asks.restart(world.nextRequest(), WEB, false)))
        .isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.killed()).isEmpty();
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    assertThat(world.killed()).containsExactly(old.taskId());
    world.update(old, TaskState.TASK_KILLED);
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void aLockedAppIsChangedOnlyByForce() {
    World world = World.ready();
    world.create(web(1));
    DeploymentId first = world.deployments().getFirst().id();
    assertThat(world.change(web(2), false)).isEqualTo(new ApiAnswer.Locked(List.of(first)));
    assertThat(world.change(web(2), true)).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.deployments()).extracting(Deployment::id).hasSize(1).doesNotContain(first);
    assertThat(world.store).doesNotContainKey("/deployments/" + first);
  }

  @Test
  void twoWhoReadTheSameVersionCannotBothWin() {
    World world = World.ready();
    world.create(web(0));
    var stale = Optional.of(world.view(WEB).app().version());
    world.change(web(0).toBuilder().mem(256).build(), false);
    var change = Asks.put(web(5), stale);
    assertThat(world.ask(Asks.all(world.nextRequest(), List.of(change), false)))
        .isEqualTo(new ApiAnswer.Retry());
  }

  @Test
  void whatExistsIsNotCreatedAndWhatDoesNotIsNotFound() {
    World world = World.ready();
    world.create(web(0));
    assertThat(world.create(web(0))).isEqualTo(new ApiAnswer.AlreadyExists("app", "/shop/web"));
    assertThat(world.delete(new AppId("/none"))).isEqualTo(new ApiAnswer.NotFound("App", "/none"));
  }

  @Test
  void aDeletedAppEndsWithItsLastInstance() {
    World world = running(web(2));
    List<Instance> instances = world.instances(WEB);
    assertThat(world.delete(WEB)).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.core.snapshot().specs()).doesNotContainKey(WEB);
    assertThat(world.killed()).hasSize(2);
    instances.forEach(instance -> world.update(instance, TaskState.TASK_KILLED));
    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/apps", "/instances", "/deployments")).isEmpty();
    assertThat(world.effects)
        .contains(new ServicesEffect.Announce(new ServicesNotice.AppTerminated(WEB)));
  }

  @Test
  void whatCannotBeStoredIsNotDone() {
    World world = World.ready();
    world.holdStore = true;
    world.handle(Asks.create(1, web(1), false));
    long write = world.held.removeFirst().write();
    world.handle(new ServicesCommand.StoreFailed(write, "no quorum"));
    assertThat(world.answer(1)).isEmpty();
    world.releaseStore(); // the store is known to hold nothing of it
    assertThat(world.answer(1)).contains(new ApiAnswer.NotStored("no quorum"));
    assertThat(world.core.snapshot().specs()).isEmpty();
  }

  @Test
  void anotherProcessKeepsInstancesAndIdentity() {
    World world = running(web(2));
    List<Instance> before = world.instances(WEB);
    world.restart();
    ServicesEffect.Subscribe subscribe =
        world.effects.stream()
            .filter(ServicesEffect.Subscribe.class::isInstance)
            .map(ServicesEffect.Subscribe.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(subscribe.framework().getId().getValue()).isEqualTo("framework-1");
    world.subscribed("framework-1");
    assertThat(world.instances(WEB)).isEqualTo(before);
    assertThat(world.view(WEB).waiting()).isEmpty();
    assertThat(world.calls(Call.Type.KILL)).isEmpty();
    List<Call> reconciles = world.calls(Call.Type.RECONCILE);
    assertThat(reconciles.getFirst().getReconcile().getTasksCount()).isEqualTo(2);
    assertThat(reconciles.getLast().getReconcile().getTasksCount()).isZero();
  }

  @Test
  void instancesThatNobodyKnowsAnyMoreAreReplaced() {
    World world = running(web(2));
    world.restart();
    world.subscribed("framework-1");
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_UNKNOWN);
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_GONE);
    world.pass(Duration.ofSeconds(6));
    world.offer("z", 4, 1000);
    assertThat(world.instances(WEB))
        .hasSize(2)
        .allMatch(instance -> instance.placement().hostname().equals("z"));
  }

  @Test
  void aDeploymentIsResumedByAnotherProcess() {
    World world = World.ready();
    world.create(web(1));
    world.restart();
    assertThat(world.deployments()).hasSize(1);
    world.subscribed("framework-1");
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void onlyUnknownTasksOfOurShapeAreEnded() {
    World world = World.ready();
    String ours = "gone.instance-01234567-89ab-4def-8123-456789abcdef._app.1";
    world.update(ours, "agent-a", TaskState.TASK_RUNNING);
    world.update("someone-elses", "agent-a", TaskState.TASK_RUNNING);
    assertThat(world.killed()).containsExactly(ours);
  }

  @Test
  void nothingIsEndedBeforeTheStoreIsLoaded() {
    World world = new World();
    assertThat(world.ask(Asks.create(1, web(1), false))).isEqualTo(new ApiAnswer.NotReady());
    assertThat(world.effects).hasSize(1);
  }

  @Test
  void anUnhealthyInstanceIsEndedAndReplaced() {
    HealthCheck check =
        new HealthCheck(
            HealthCheck.Kind.HTTP,
            Optional.of("/"),
            Optional.of(0),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(300),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            2,
            Duration.ZERO,
            false);
    World world = World.ready();
    world.create(web(1).toBuilder().healthChecks(List.of(check)).build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance instance = world.instances(WEB).getFirst();
    assertThat(world.effects)
        .contains(new ServicesEffect.StartHealthChecks(instance, world.view(WEB).app()));
    assertThat(world.deployments()).hasSize(1);

    // within the grace period failures are forgiven
    for (int i = 0; i < 5; i++) {
      world.handle(new ServicesCommand.HealthReported(instance.id(), 0, false, "refused"));
    }
    assertThat(world.killed()).isEmpty();
    world.handle(new ServicesCommand.HealthReported(instance.id(), 0, true, ""));
    assertThat(world.deployments()).isEmpty();
    assertThat(world.view(WEB).counts().healthy()).isEqualTo(1);

    world.handle(new ServicesCommand.HealthReported(instance.id(), 0, false, "refused"));
    assertThat(world.view(WEB).counts().unhealthy()).isEqualTo(1);
    assertThat(world.killed()).isEmpty();
    world.handle(new ServicesCommand.HealthReported(instance.id(), 0, false, "refused"));
    assertThat(world.killed()).containsExactly(instance.taskId());
    assertThat(world.view(WEB).waiting()).isPresent();
  }

  @Test
  void anUnreachableInstanceIsReplacedAtOnceAndEndedIfItComesBack() {
    World world = running(web(1));
    Instance lost = world.instances(WEB).getFirst();
    world.update(lost, TaskState.TASK_UNREACHABLE);
    assertThat(world.view(WEB).waiting()).isPresent();
    world.offer("b", 4, 1000);
    world.allRunning(WEB);
    world.update(lost, TaskState.TASK_RUNNING);
    assertThat(world.killed()).containsExactly(lost.taskId());
    assertThat(world.instances(WEB)).hasSize(1).doesNotContain(lost);
  }

  @Test
  void anInstanceOutOfTouchIsWaitedForAsItsAppSays() {
    World world =
        running(
            web(1).toBuilder()
                .unreachableStrategy(
                    new UnreachableStrategy.Enabled(Duration.ofMinutes(5), Duration.ofMinutes(10)))
                .build());
    Instance lost = world.instances(WEB).getFirst();
    world.update(lost, TaskState.TASK_UNREACHABLE);
    world.pass(Duration.ofMinutes(4));
    assertThat(world.view(WEB).waiting()).isEmpty();
    world.pass(Duration.ofMinutes(2));
    assertThat(world.view(WEB).waiting()).isPresent();
    assertThat(world.instances(WEB)).hasSize(1);
    world.update(lost, TaskState.TASK_RUNNING);
    assertThat(world.view(WEB).waiting()).isEmpty();

    world.update(lost, TaskState.TASK_UNREACHABLE);
    world.pass(Duration.ofMinutes(11));
    assertThat(world.instances(WEB)).isEmpty();
    assertThat(world.store).doesNotContainKey("/instances/" + lost.id());
  }

  @Test
  void anotherRoleIsJoinedBeforeItsOffersAreAwaited() {
    World world = World.ready();
    world.create(web(1).toBuilder().role(Optional.of("prod")).build());
    assertThat(world.calls(Call.Type.UPDATE_FRAMEWORK))
        .singleElement()
        .satisfies(call ->
            assertThat(call.getUpdateFramework().getFrameworkInfo().getRolesList())
                .containsExactly("*", "prod"));
  }

  @Test
  void aRevertedDeploymentReturnsToTheExactVersion() {
    World world = running(web(1));
    AppDefinition original = world.view(WEB).app();
    world.change(web(1).toBuilder().cmd(Optional.of("broken")).build(), false);
    DeploymentId broken = world.deployments().getFirst().id();
    assertThat(world.ask(new ServicesCommand.CancelDeployment(world.nextRequest(), broken, false)))
        .isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.view(WEB).app()).isEqualTo(original);
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void killingWithScaleLowersTheAppForGood() {
    World world = running(web(3));
    Instance victim = world.instances(WEB).getLast();
    ApiAnswer answer =
        world.ask(
            new ServicesCommand.KillInstances(
                world.nextRequest(),
                List.of(victim.taskId()),
                Optional.empty(),
                Optional.empty(),
                true,
                false,
                WriteOptions.forced(false)));
    assertThat(answer).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(world.killed()).containsExactly(victim.taskId());
    world.update(victim, TaskState.TASK_KILLED);
    assertThat(world.view(WEB).app().instances()).isEqualTo(2);
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void killingWithoutScaleBringsAnother() {
    World world = running(web(2));
    Instance victim = world.instances(WEB).getFirst();
    world.ask(
        new ServicesCommand.KillInstances(
            world.nextRequest(),
            List.of(),
            Optional.of(WEB),
            Optional.of("a"),
            false,
            false,
            WriteOptions.forced(false)));
    assertThat(world.killed()).hasSize(2).contains(victim.taskId());
    assertThat(world.view(WEB).waiting().orElseThrow().count()).isEqualTo(2);
  }

  @Test
  void dependenciesComeFirstAndRingsAreRefused() {
    World world = World.ready();
    AppDefinition db = AppDefinition.builder(new AppId("/shop/db")).cmd(Optional.of("x")).build();
    AppDefinition front = web(1).toBuilder().dependencies(List.of(db.id())).build();
    var both = List.of(Asks.put(front, Optional.empty()), Asks.put(db, Optional.empty()));
    world.ask(Asks.all(world.nextRequest(), both, false));
    assertThat(world.deployments().getFirst().steps()).hasSize(3);
    world.offer("a", 100, 10000);
    assertThat(world.instances(WEB)).isEmpty();
    world.allRunning(db.id());
    world.pass(Duration.ofSeconds(6));
    world.offer("a", 100, 10000);
    assertThat(world.instances(WEB)).hasSize(1);

    AppDefinition ring = db.toBuilder().dependencies(List.of(WEB)).build();
    assertThat(world.change(ring, true)).isInstanceOf(ApiAnswer.Invalid.class);
  }

  @Test
  void oneOfferIsUsedForAtMostFiveInstancesWithDifferentPorts() {
    World world = World.ready();
    world.create(web(7));
    world.offer("a", 100, 100000);
    assertThat(world.instances(WEB)).hasSize(5);
    var ports = new TreeSet<Integer>();
    world.instances(WEB).forEach(is -> ports.addAll(is.placement().hostPorts()));
    assertThat(ports).hasSize(5).allMatch(port -> port >= 31000 && port <= 31099);
    assertThat(world.calls(Call.Type.ACCEPT).getFirst().getAccept().getFilters())
        .satisfies(filters -> assertThat(filters.getRefuseSeconds()).isZero());
  }

  @Test
  void anInstanceThatDoesNotComeUpIsReplaced() {
    World world = World.ready();
    world.create(web(1));
    world.offer("a", 4, 1000);
    Instance stuck = world.instances(WEB).getFirst();
    world.pass(Duration.ofMinutes(6));
    assertThat(world.killed()).containsExactly(stuck.taskId());
    assertThat(world.view(WEB).waiting()).isPresent();
  }

  @Test
  void anOfferThatIsRescindedWhileItsInstancesAreStoredIsNotUsed() {
    World world = World.ready();
    world.create(web(1));
    world.holdStore = true;
    String offer = world.offer("a", 4, 1000);
    var event =
        org.apache.mesos.v1.scheduler.Protos.Event.newBuilder()
            .setType(org.apache.mesos.v1.scheduler.Protos.Event.Type.RESCIND);
    event.getRescindBuilder().getOfferIdBuilder().setValue(offer);
    world.handle(new ServicesCommand.SchedulerEvent(event.build()));
    world.releaseStore();
    assertThat(world.calls(Call.Type.ACCEPT)).isEmpty();
    assertThat(world.instances(WEB)).isEmpty();
    assertThat(world.view(WEB).waiting().orElseThrow().count()).isEqualTo(1);
  }

  @Test
  void sameSeedAndCommandsGiveTheSameEffects() {
    assertThat(story()).isEqualTo(story());
  }

  private static List<ServicesEffect> story() {
    World world = new World();
    world.core = new Services(ServicesConfig.defaults(), new SplittableRandom(99));
    world.load();
    world.subscribed("framework-1");
    world.create(web(3));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    return world.effects;
  }
}
