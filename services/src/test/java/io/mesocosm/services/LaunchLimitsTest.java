package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails again and again is given up, and told. */
class LaunchLimitsTest {
  private static final AppId WEB = new AppId("/web");
  private static final Duration LONG = Duration.ofHours(2);
  private static final HealthCheck CHECK =
      new HealthCheck(
          HealthCheck.Kind.HTTP,
          Optional.of("/"),
          Optional.of(0),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          2,
          Duration.ZERO,
          false);

  private static AppDefinition web(int instances, String command, boolean rollback) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of(command))
        .instances(instances)
        .cpus(1)
        .mem(128)
        .upgradeStrategy(new UpgradeStrategy(0.5, 1))
        .launchLimit(new LaunchLimit(3, rollback))
        .build();
  }

  private static World running(AppDefinition app) {
    World world = World.ready();
    world.create(app);
    fill(world);
    world.allRunning(WEB);
    world.pass(Duration.ofMinutes(1));
    assertThat(world.deployments()).isEmpty();
    world.effects.clear();
    return world;
  }

  /** Offers as much as is asked for. */
  private static void fill(World world) {
    for (int i = 0; i < 10; i++) {
      world.offer("a" + i, 100, 100000);
    }
  }

  /** Has one instance of that command fail before it runs, and waits until the next may come. */
  private static void failOne(World world, String command) {
    fill(world);
    world.update(of(world, command).getFirst(), TaskState.TASK_FAILED);
    world.pass(Duration.ofMinutes(2));
  }

  private static List<Instance> of(World world, String command) {
    return world.view(WEB).instances().stream()
        .filter(view -> ((AppDefinition) view.spec()).cmd().equals(Optional.of(command)))
        .map(ServicesSnapshot.InstanceView::instance)
        .filter(Instance::wanted)
        .toList();
  }

  private static <T extends ServicesNotice> List<T> told(World world, Class<T> kind) {
    return world.effects.stream()
        .filter(ServicesEffect.Announce.class::isInstance)
        .map(effect -> ((ServicesEffect.Announce) effect).notice())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** Two good instances, and a new configuration that has just failed for the third time. */
  private static World failedUpgrade(boolean rollback) {
    World world = running(web(2, "good", rollback));
    world.change(web(2, "bad", rollback), false);
    failOne(world, "bad");
    failOne(world, "bad");
    assertThat(world.deployments()).hasSize(1);
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).isEmpty();
    failOne(world, "bad");
    return world;
  }

  private static void assertNothingIsLaunched(World world) {
    int before = world.tasks.size();
    for (int i = 0; i < 5; i++) {
      fill(world);
      world.pass(LONG);
    }
    assertThat(world.tasks).hasSize(before);
  }

  @Test
  void upgradeThatFailsThreeTimesStopsAndIsTold() {
    World world = failedUpgrade(false);

    ServicesNotice.Own.LaunchLimitReached reached =
        told(world, ServicesNotice.Own.LaunchLimitReached.class).getFirst();
    assertThat(reached.attempts()).isEqualTo(3);
    assertThat(reached.lastFailure()).isEqualTo("TASK_FAILED: because");
    ServicesNotice.Own.DeploymentStopped stopped =
        told(world, ServicesNotice.Own.DeploymentStopped.class).getFirst();
    assertThat(stopped.rollback()).isEmpty();
    assertThat(stopped.reason()).contains("3 instances in a row failed");
    assertThat(told(world, ServicesNotice.DeploymentFailed.class)).hasSize(1);
    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/deployments")).isEmpty();
    assertThat(world.storedIn("/halts")).containsExactly("/halts/web");
  }

  @Test
  void whatIsLeftOfTheOldStaysAndNothingIsLaunched() {
    World world = failedUpgrade(false);
    // a second instance of the new kind is still on its way: it goes before any good one
    List<String> good = of(world, "good").stream().map(Instance::taskId).toList();
    assertThat(good).isNotEmpty();

    assertNothingIsLaunched(world);

    assertThat(of(world, "good").stream().map(Instance::taskId).toList()).isEqualTo(good);
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).hasSize(1);
    assertThat(told(world, ServicesNotice.Own.DeploymentStopped.class)).hasSize(1);
  }

  @Test
  void surplusIsTakenFromWhatNeverCameUpEvenIfTheOldestWouldGoFirst() {
    AppDefinition first =
        web(4, "good", false).toBuilder()
            .killSelection(KillSelection.OLDEST_FIRST)
            .healthChecks(List.of(CHECK))
            .upgradeStrategy(new UpgradeStrategy(1, 1))
            .build();
    World world = World.ready();
    world.create(first);
    fill(world);
    world.allRunning(WEB);
    healthy(world, true);
    assertThat(world.deployments()).isEmpty();
    world.change(first.toBuilder().cmd(Optional.of("bad")).build(), false);
    fill(world);
    world.allRunning(WEB);
    assertThat(of(world, "bad")).hasSize(4);
    for (int i = 0; i < 3; i++) {
      world.update(of(world, "bad").getFirst(), TaskState.TASK_FAILED);
    }

    assertThat(world.deployments()).isEmpty();
    assertThat(of(world, "good")).hasSize(4);
    assertThat(of(world, "bad")).isEmpty();
    assertNothingIsLaunched(world);
  }

  private static void healthy(World world, boolean alive) {
    world
        .instances(WEB)
        .forEach(instance ->
            world.handle(
                new ServicesCommand.HealthReported(instance.id(), 0, alive, alive ? "" : "503")));
  }

  @Test
  void theQueueSaysWhyNothingIsLaunched() {
    World world = World.ready();
    world.create(web(1, "bad", false));
    for (int i = 0; i < 3; i++) {
      failOne(world, "bad");
    }
    assertThat(world.view(WEB).waiting().orElseThrow().haltedBecause().orElseThrow())
        .startsWith("3 launches in a row failed, the last one with TASK_FAILED: because");
    assertThat(world.deployments()).isEmpty();
    assertNothingIsLaunched(world);
  }

  @Test
  void rollbackReturnsToTheExactVersion() {
    World world = running(web(2, "good", true));
    Instant before = world.view(WEB).spec().version();
    world.change(web(2, "bad", true), false);
    for (int i = 0; i < 3; i++) {
      failOne(world, "bad");
    }

    DeploymentId rollback =
        told(world, ServicesNotice.Own.DeploymentStopped.class).getFirst().rollback().orElseThrow();
    assertThat(world.view(WEB).spec().version()).isEqualTo(before);
    assertThat(world.deployments().stream().map(Deployment::id)).containsExactly(rollback);
    fill(world);
    world.allRunning(WEB);
    of(world, "bad").forEach(is -> world.update(is, TaskState.TASK_KILLED));
    endKilled(world);
    world.pass(Duration.ofSeconds(10));

    assertThat(world.deployments()).isEmpty();
    assertThat(of(world, "good")).hasSize(2);
    assertThat(of(world, "bad")).isEmpty();
    assertNothingIsLaunched(world);
  }

  @Test
  void aCommandThatEndsAsSoonAsItRunsDoesNotPassForAnUpgrade() {
    World world = running(web(2, "good", true));
    Instant before = world.view(WEB).spec().version();
    world.change(web(2, "exit 3", true), false);
    for (int i = 0; i < 3; i++) {
      fill(world);
      Instance one = of(world, "exit 3").getFirst();
      world.update(one, TaskState.TASK_RUNNING);
      assertThat(world.deployments()).as("ten seconds are to pass first").hasSize(1);
      world.update(one, TaskState.TASK_FAILED);
      world.pass(Duration.ofMinutes(2));
    }

    assertThat(world.view(WEB).spec().version()).isEqualTo(before);
    assertThat(of(world, "good")).as("old ones that were never ended").isNotEmpty();
    assertThat(told(world, ServicesNotice.Own.DeploymentStopped.class)).hasSize(1);
  }

  private static void endKilled(World world) {
    world.instances(WEB).stream()
        .filter(instance -> !instance.wanted())
        .forEach(instance -> world.update(instance, TaskState.TASK_KILLED));
  }

  @Test
  void twoThatFailDoNotTakeTurns() {
    World world = running(web(2, "good", true));
    world.change(web(2, "bad", true), false);
    for (int i = 0; i < 3; i++) {
      failOne(world, "bad");
    }
    // now the old one fails too, all of it
    endKilled(world);
    for (int i = 0; i < 6; i++) {
      fill(world);
      world.instances(WEB).forEach(is -> world.update(is, TaskState.TASK_FAILED));
      world.pass(Duration.ofMinutes(2));
    }

    assertThat(world.deployments()).isEmpty();
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).hasSize(2);
    List<ServicesNotice.Own.DeploymentStopped> stopped =
        told(world, ServicesNotice.Own.DeploymentStopped.class);
    assertThat(stopped).hasSize(2);
    assertThat(stopped.getLast().rollback()).isEmpty();
    assertThat(stopped.getLast().reason()).contains("is not gone back to");
    assertNothingIsLaunched(world);
  }

  @Test
  void haltOutlivesTheProcess() {
    World world = failedUpgrade(false);
    world.restart();
    world.subscribed("framework-1");
    world.pass(LONG);

    assertNothingIsLaunched(world);
    assertThat(world.view(WEB).waiting().map(Waiting::haltedBecause)).isPresent();
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).isEmpty();
  }

  @Test
  void deploymentThatShouldHaveStoppedStopsAfterAFailover() {
    World world = running(web(2, "good", true));
    Instant before = world.view(WEB).spec().version();
    world.change(web(2, "bad", true), false);
    failOne(world, "bad");
    failOne(world, "bad");
    fill(world);
    world.holdStore = true;
    world.update(of(world, "bad").getFirst(), TaskState.TASK_FAILED);
    // the process ends when the halt is stored, and before the rollback is
    while (!world.held.isEmpty()) {
      ServicesEffect.Store write = world.held.removeFirst();
      if (write.records().stream().noneMatch(StoredRecord.DeploymentRecord.class::isInstance)) {
        write.records().forEach(record -> world.store.put(record.path(), record));
        write.removedPaths().forEach(world.store::remove);
      }
    }
    world.holdStore = false;
    assertThat(world.storedIn("/halts")).hasSize(1);

    world.restart();

    assertThat(told(world, ServicesNotice.Own.DeploymentStopped.class)).hasSize(1);
    assertThat(world.view(WEB).spec().version()).isEqualTo(before);
  }

  @Test
  void resettingTheDelayTriesAgain() {
    World world = failedUpgrade(false);
    for (Instance instance : of(world, "good")) {
      world.update(instance, TaskState.TASK_FAILED);
    }
    world.pass(LONG);
    int before = world.tasks.size();

    assertThat(world.ask(new ServicesCommand.ResetDelay(world.nextRequest(), WEB)))
        .isInstanceOf(ApiAnswer.Done.class);
    fill(world);

    assertThat(world.tasks.size()).isGreaterThan(before);
    assertThat(world.storedIn("/halts")).isEmpty();
  }

  @Test
  void restartTriesAgain() {
    World world = failedUpgrade(false);
    int before = world.tasks.size();
    world.ask(Asks.restart(world.nextRequest(), WEB, false));
    fill(world);
    assertThat(world.tasks.size()).isGreaterThan(before);
    assertThat(world.view(WEB).waiting().flatMap(Waiting::haltedBecause)).isEmpty();
  }

  @Test
  void anotherConfigurationIsTried() {
    World world = failedUpgrade(false);
    world.change(web(2, "better", false), false);
    for (int i = 0; i < 3; i++) {
      fill(world);
      world.allRunning(WEB);
      endKilled(world);
      world.pass(Duration.ofMinutes(1));
    }
    assertThat(of(world, "better")).hasSize(2);
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void deploymentOfMoreOfWhatIsHaltedStopsAtOnce() {
    World world = failedUpgrade(false);
    world.effects.clear();
    AppDefinition more = world.view(WEB).app().toBuilder().instances(7).build();
    world.change(more, false);
    assertThat(world.deployments()).isEmpty();
    assertThat(told(world, ServicesNotice.Own.DeploymentStopped.class)).hasSize(1);
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).isEmpty();
  }

  @Test
  void instanceThatKeepsRunningStartsTheCountAnew() {
    World world = World.ready();
    world.create(web(2, "flaky", false));
    fill(world);
    List<Instance> both = of(world, "flaky");
    world.update(both.get(0), TaskState.TASK_FAILED);
    world.update(both.get(1), TaskState.TASK_RUNNING);
    world.pass(Duration.ofMinutes(2));
    for (int i = 0; i < 2; i++) {
      fill(world);
      Instance next =
          of(world, "flaky").stream().filter(is -> !is.isRunning()).findFirst().orElseThrow();
      world.update(next, TaskState.TASK_FAILED);
      world.pass(Duration.ofMinutes(2));
    }
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).isEmpty();
  }

  @Test
  void runningForAMomentIsNotToHaveComeUp() {
    World world = World.ready();
    world.create(web(1, "crash", false));
    for (int i = 0; i < 3; i++) {
      fill(world);
      Instance instance = of(world, "crash").getFirst();
      world.update(instance, TaskState.TASK_RUNNING);
      world.pass(Duration.ofSeconds(1));
      world.update(instance, TaskState.TASK_FAILED);
      world.pass(Duration.ofMinutes(2));
    }
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).hasSize(1);
    assertNothingIsLaunched(world);
  }

  @Test
  void manyThatRanWellAndEndTogetherAreNoReasonToHalt() {
    World world = running(web(8, "good", false));
    of(world, "good").forEach(instance -> world.update(instance, TaskState.TASK_FAILED));
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class)).isEmpty();
    world.pass(LONG);
    fill(world);
    assertThat(of(world, "good")).hasSize(8);
  }

  @Test
  void instancesThatNeverWereHealthyCount() {
    World world = World.ready();
    world.create(web(1, "sick", false).toBuilder().healthChecks(List.of(CHECK)).build());
    for (int i = 0; i < 3; i++) {
      fill(world);
      Instance instance = of(world, "sick").getFirst();
      world.update(instance, TaskState.TASK_RUNNING);
      world.pass(CHECK.gracePeriod().plusSeconds(1));
      for (int j = 0; j < CHECK.maxConsecutiveFailures(); j++) {
        world.handle(new ServicesCommand.HealthReported(instance.id(), 0, false, "503"));
      }
      world.update(instance, TaskState.TASK_KILLED);
    }
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class).getFirst().lastFailure())
        .isEqualTo("a health check: 503");
  }

  @Test
  void instancesThatDoNotRunInTimeCount() {
    World world = World.ready();
    world.create(web(1, "slow", false));
    for (int i = 0; i < 3; i++) {
      fill(world);
      Instance instance = of(world, "slow").getFirst();
      world.pass(ServicesConfig.defaults().launchTimeout().plusSeconds(1));
      world.update(instance, TaskState.TASK_KILLED);
    }
    assertThat(told(world, ServicesNotice.Own.LaunchLimitReached.class).getFirst().lastFailure())
        .isEqualTo("not running within 300 s");
  }

  /** Whatever happened before, once everything fails there is an end to it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void nothingGoesOnForever(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    World world = running(web(4, "good", true));
    for (int i = 0; i < 60; i++) {
      switch (random.nextInt(12)) {
        case 0 -> world.change(web(1 + random.nextInt(6), "v" + i, random.nextBoolean()), true);
        case 1 -> {
          world.restart();
          world.subscribed("framework-1");
        }
        case 2 -> world.pass(Duration.ofSeconds(random.nextInt(300)));
        case 3 -> endKilled(world);
        case 4, 5, 6 -> fill(world);
        default -> {
          List<Instance> all = world.instances(WEB);
          if (!all.isEmpty()) {
            world.update(
                all.get(random.nextInt(all.size())),
                random.nextInt(3) == 0 ? TaskState.TASK_RUNNING : TaskState.TASK_FAILED);
          }
        }
      }
    }
    for (int i = 0; i < 40; i++) {
      fill(world);
      world.instances(WEB).forEach(is -> world.update(is, TaskState.TASK_FAILED));
      world.pass(Duration.ofMinutes(3));
    }

    assertThat(world.deployments()).isEmpty();
    assertThat(world.instances(WEB)).isEmpty();
    assertNothingIsLaunched(world);
    world.restart();
    world.subscribed("framework-1");
    assertNothingIsLaunched(world);
  }

  @Test
  void withoutALimitItGoesOn() {
    World world = World.ready();
    world.create(web(1, "bad", false).toBuilder().launchLimit(LaunchLimit.NONE).build());
    for (int i = 0; i < 20; i++) {
      fill(world);
      world.update(of(world, "bad").getFirst(), TaskState.TASK_FAILED);
      world.pass(LONG);
    }
    assertThat(told(world, ServicesNotice.Own.class)).isEmpty();
  }

  @Test
  void deletionForgetsTheHalt() {
    World world = failedUpgrade(false);
    world.ask(
        new ServicesCommand.Change(
            world.nextRequest(),
            List.of(new Wish.Remove(WEB)),
            OptionalLong.empty(),
            WriteOptions.forced(true)));
    for (String task : world.killed()) {
      world.update(task, "agent-a0", TaskState.TASK_KILLED);
    }
    assertThat(world.storedIn("/halts", "/apps", "/instances")).isEmpty();
  }
}
