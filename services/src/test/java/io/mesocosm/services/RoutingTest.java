package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** Instances that count when routers show them, and end when routers have let go of them. */
class RoutingTest {
  private static final AppId WEB = new AppId("/web");
  private static final Duration TIMEOUT = ServicesConfig.defaults().routingTimeout();

  private static AppDefinition web(int instances) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of("serve"))
        .instances(instances)
        .cpus(0.1)
        .mem(16)
        .upgradeStrategy(new UpgradeStrategy(1, 1, true))
        .build();
  }

  private static void attach(World world, String router, long stream) {
    world.handle(new ServicesCommand.RouterAttached(router, stream));
  }

  private static void detach(World world, String router, long stream) {
    world.handle(new ServicesCommand.RouterDetached(router, stream));
  }

  private static ApiAnswer shows(World world, String router, Instance instance) {
    return world.ask(
        new ServicesCommand.ConfirmRouting(
            world.nextRequest(), router, List.of(instance.taskId()), List.of()));
  }

  private static ApiAnswer letsGo(World world, String router, Instance instance) {
    return world.ask(
        new ServicesCommand.ConfirmRouting(
            world.nextRequest(), router, List.of(), List.of(instance.taskId())));
  }

  private static World started(int instances) {
    World world = World.ready();
    world.create(web(instances));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    return world;
  }

  /** Running, and shown by the routers, with nothing going on. */
  private static World settled(int instances, String... routers) {
    World world = World.ready();
    long stream = 0;
    for (String router : routers) {
      stream++;
      attach(world, router, stream);
    }
    world.create(web(instances));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    for (String router : routers) {
      world.instances(WEB).forEach(instance -> shows(world, router, instance));
    }
    assertThat(world.deployments()).isEmpty();
    return world;
  }

  private static Instance only(World world) {
    assertThat(world.instances(WEB)).hasSize(1);
    return world.instances(WEB).getFirst();
  }

  private static List<ServicesNotice> notices(World world) {
    return world.effects.stream()
        .filter(ServicesEffect.Announce.class::isInstance)
        .map(effect -> ((ServicesEffect.Announce) effect).notice())
        .filter(ServicesNotice.Own.class::isInstance)
        .toList();
  }

  private static ApiAnswer kill(World world, Instance instance) {
    return world.ask(
        new ServicesCommand.KillInstances(
            world.nextRequest(),
            List.of(instance.taskId()),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            WriteOptions.forced(false)));
  }

  @Test
  void newInstanceCountsWhenEveryRouterShowsIt() {
    World world = World.ready();
    attach(world, "edge", 1);
    attach(world, "mesh", 2);
    world.create(web(1));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance instance = only(world);
    assertThat(world.core.snapshot().routing().why(instance))
        .contains("waits for routers edge, mesh to show " + instance.taskId());

    shows(world, "edge", instance);
    assertThat(world.deployments()).hasSize(1);
    assertThat(world.core.snapshot().routing().why(instance))
        .contains("waits for router mesh to show " + instance.taskId());

    assertThat(shows(world, "mesh", instance)).isEqualTo(new ApiAnswer.Done());
    assertThat(world.deployments()).isEmpty();
    assertThat(world.core.snapshot().routing().why(instance)).isEmpty();
  }

  @Test
  void withoutAnyRouterNewInstancesWaitAndSayWhy() {
    World world = started(1);

    world.pass(Duration.ofHours(1));

    assertThat(world.deployments()).hasSize(1);
    assertThat(world.core.snapshot().routing().why(only(world)).orElseThrow())
        .startsWith("waits for a router to show " + only(world).taskId() + ": none is attached");
  }

  @Test
  void routerThatComesInTheMiddleHasToConfirmToo() {
    World world = started(1);
    attach(world, "edge", 1);
    assertThat(world.deployments()).hasSize(1);

    shows(world, "edge", only(world));

    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void routerThatComesLaterIsTakenToShowWhatWasThere() {
    World world = settled(1, "edge");
    attach(world, "mesh", 9);

    world.change(web(2), false);
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance old = world.instances(WEB).getFirst();
    for (Instance instance : world.instances(WEB)) {
      shows(world, "edge", instance);
    }
    assertThat(world.deployments()).hasSize(1);
    Instance fresh =
        world.instances(WEB).stream()
            .filter(instance -> world.core.snapshot().routing().why(instance).isPresent())
            .findFirst()
            .orElseThrow();
    shows(world, "mesh", fresh);

    assertThat(world.deployments()).isEmpty();
    assertThat(world.core.snapshot().routing().why(old)).isEmpty();
  }

  @Test
  void instanceIsKilledWhenEveryRouterHasLetGoOfIt() {
    World world = settled(1, "edge", "mesh");
    Instance instance = only(world);

    kill(world, instance);
    assertThat(world.killed()).isEmpty();
    assertThat(notices(world))
        .contains(new ServicesNotice.Own.InstanceDraining(only(world), world.now.plus(TIMEOUT)));
    letsGo(world, "edge", instance);
    assertThat(world.killed()).isEmpty();
    assertThat(world.core.snapshot().routing().why(only(world)).orElseThrow())
        .startsWith("waits for router mesh to let go of " + instance.taskId());

    letsGo(world, "mesh", instance);
    assertThat(world.killed()).containsExactly(instance.taskId());
    assertThat(notices(world)).contains(new ServicesNotice.Own.InstanceDrained(only(world), true));
  }

  @Test
  void instanceIsKilledWhenRoutersHadTheirTime() {
    World world = settled(1, "edge");
    Instance instance = only(world);
    kill(world, instance);

    world.pass(TIMEOUT.minusMillis(1));
    assertThat(world.killed()).isEmpty();
    world.pass(Duration.ofMillis(1));

    assertThat(world.killed()).containsExactly(instance.taskId());
    assertThat(notices(world)).contains(new ServicesNotice.Own.InstanceDrained(only(world), false));
  }

  @Test
  void withoutAnyRouterDrainsGoByTheirTimeAlone() {
    World world = started(1);
    Instance instance = only(world);
    kill(world, instance);
    assertThat(world.killed()).isEmpty();

    world.pass(TIMEOUT);

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void whatARouterSaidBeforeTheDrainDoesNotCount() {
    World world = settled(1, "edge");
    Instance instance = only(world);
    letsGo(world, "edge", instance);
    kill(world, instance);
    assertThat(world.killed()).isEmpty();

    letsGo(world, "edge", instance);

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void reconnectionToTheMasterDoesNotCutADrainShort() {
    World world = settled(1, "edge");
    kill(world, only(world));

    world.handle(new ServicesCommand.SchedulerDisconnected("gone"));
    world.subscribed("framework-1");
    world.update(only(world), TaskState.TASK_RUNNING);

    assertThat(world.killed()).isEmpty();
  }

  @Test
  void routerThatDetachesCountsForAWhile() {
    World world = settled(1, "edge", "mesh");
    Instance instance = only(world);
    detach(world, "mesh", 2);
    kill(world, instance);
    world.pass(TIMEOUT.minusSeconds(20));
    letsGo(world, "edge", instance);
    assertThat(world.killed()).isEmpty();
    assertThat(world.core.snapshot().routing().why(only(world)).orElseThrow())
        .startsWith("waits for router mesh (detached) to let go of");

    world.pass(Duration.ofSeconds(20));

    assertThat(world.killed()).containsExactly(instance.taskId());
    assertThat(world.core.snapshot().routing().router("mesh")).isEmpty();
  }

  @Test
  void newInstanceNeedsNoRouterThatIsGone() {
    World world = started(1);
    attach(world, "edge", 1);
    attach(world, "mesh", 2);
    shows(world, "edge", only(world));
    detach(world, "mesh", 2);
    assertThat(world.deployments()).hasSize(1);

    world.pass(TIMEOUT);

    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void routerThatComesBackInTimeIsTheSame() {
    World world = settled(1, "edge");
    detach(world, "edge", 1);
    world.pass(TIMEOUT.minusSeconds(1));
    attach(world, "edge", 2);
    world.pass(TIMEOUT.multipliedBy(2));

    assertThat(world.core.snapshot().routing().router("edge")).isPresent();
    assertThat(world.core.snapshot().routing().isShown(only(world))).isTrue();
  }

  @Test
  void streamsOfOneNameAreOneRouter() {
    World world = started(1);
    attach(world, "edge", 1);
    attach(world, "edge", 2);
    shows(world, "edge", only(world));
    assertThat(world.deployments()).isEmpty();

    detach(world, "edge", 1);
    world.pass(TIMEOUT.multipliedBy(2));

    assertThat(world.core.snapshot().routing().all())
        .singleElement()
        .satisfies(router -> assertThat(router.streams()).containsExactly(2L));
  }

  @Test
  void confirmationOfAnUnknownRouterIsRefused() {
    World world = started(1);

    assertThat(shows(world, "nobody", only(world)))
        .isEqualTo(new ApiAnswer.NotFound("Router", "nobody"));
  }

  @Test
  void tasksThatNobodyKnowsArePassedOver() {
    World world = started(1);
    attach(world, "edge", 1);

    ApiAnswer answer =
        world.ask(
            new ServicesCommand.ConfirmRouting(
                world.nextRequest(),
                "edge",
                List.of("other", only(world).id().taskId(7), "../x"),
                List.of("")));

    assertThat(answer).isEqualTo(new ApiAnswer.Done());
    assertThat(world.core.snapshot().routing().router("edge").orElseThrow().words()).isEmpty();
  }

  @Test
  void unhealthyInstanceIsKilledAtOnce() {
    World world = World.ready();
    attach(world, "edge", 1);
    world.create(web(1).toBuilder().healthChecks(List.of(ReadinessTest.healthCheck())).build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance instance = only(world);
    shows(world, "edge", instance);

    for (int i = 0; i < 3; i++) {
      world.handle(new ServicesCommand.HealthReported(instance.id(), 0, false, "refused"));
    }

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void instanceThatDoesNotRunYetIsKilledAtOnce() {
    World world = World.ready();
    attach(world, "edge", 1);
    world.create(web(1));
    world.offer("a", 4, 1000);
    Instance instance = only(world);

    world.delete(WEB);

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void deletedAppIsDrainedToo() {
    World world = settled(2, "edge");
    List<Instance> instances = world.instances(WEB);
    world.delete(WEB);
    assertThat(world.killed()).isEmpty();

    instances.forEach(instance -> letsGo(world, "edge", instance));

    assertThat(world.killed())
        .containsExactlyElementsOf(instances.stream().map(Instance::taskId).toList());
    instances.forEach(instance -> world.update(instance, TaskState.TASK_KILLED));
    assertThat(world.deployments()).isEmpty();
    assertThat(world.core.snapshot().routing().drains()).isEmpty();
    assertThat(world.core.snapshot().routing().router("edge").orElseThrow().words()).isEmpty();
  }

  @Test
  void drainBeginsAnewWithTheNextScheduler() {
    World world = settled(1, "edge");
    Instance instance = only(world);
    kill(world, instance);
    world.pass(TIMEOUT.minusSeconds(1));

    world.restart();
    world.subscribed("framework-1");
    world.update(instance, TaskState.TASK_RUNNING);
    world.pass(TIMEOUT.minusSeconds(1));
    assertThat(world.killed()).isEmpty();
    attach(world, "edge", 1);
    letsGo(world, "edge", instance);

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void drainedInstanceIsKilledUntilItEnds() {
    World world = settled(1, "edge");
    Instance instance = only(world);
    kill(world, instance);
    letsGo(world, "edge", instance);
    world.effects.clear();

    world.pass(ServicesConfig.defaults().killRetryInterval());

    assertThat(world.killed()).containsExactly(instance.taskId());
  }

  @Test
  void appThatDoesNotWaitIsKilledAtOnce() {
    World world = World.ready();
    attach(world, "edge", 1);
    world.create(web(1).toBuilder().upgradeStrategy(UpgradeStrategy.USUAL).build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    assertThat(world.deployments()).isEmpty();
    Instance instance = only(world);

    kill(world, instance);

    assertThat(world.killed()).containsExactly(instance.taskId());
  }
}
