package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** New instances that have to say that they are ready before a deployment counts on them. */
class ReadinessTest {
  private static final AppId WEB = new AppId("/web");
  private static final ReadinessResult.Response BUSY =
      new ReadinessResult.Response(503, "text/plain", "warming up");

  static HealthCheck healthCheck() {
    return new HealthCheck(
        HealthCheck.Kind.HTTP,
        Optional.of("/"),
        Optional.of(0),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        3,
        Duration.ZERO,
        false);
  }

  private static AppDefinition web(int instances, String cmd, boolean preserve) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of(cmd))
        .instances(instances)
        .cpus(0.1)
        .mem(16)
        .readinessChecks(
            List.of(
                new ReadinessCheck(
                    "warm",
                    false,
                    "/ready",
                    "http-api",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    new TreeSet<>(List.of(200)),
                    preserve)))
        .build();
  }

  private static World started(AppDefinition app) {
    World world = World.ready();
    world.create(app);
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    return world;
  }

  private static void report(World world, Instance instance, boolean ready) {
    world.handle(
        new ServicesCommand.ReadinessReported(instance.id(), "warm", ready, Optional.of(BUSY)));
  }

  private static List<InstanceId> polled(World world) {
    return world.effects.stream()
        .filter(ServicesEffect.StartReadinessChecks.class::isInstance)
        .map(effect -> ((ServicesEffect.StartReadinessChecks) effect).instance().id())
        .toList();
  }

  private static List<InstanceId> stopped(World world) {
    return world.effects.stream()
        .filter(ServicesEffect.StopReadinessChecks.class::isInstance)
        .map(effect -> ((ServicesEffect.StopReadinessChecks) effect).instance())
        .toList();
  }

  @Test
  void deploymentWaitsUntilItsInstancesAreReady() {
    World world = started(web(2, "serve", false));
    List<Instance> instances = world.instances(WEB);
    assertThat(polled(world)).hasSize(2);

    report(world, instances.get(0), true);
    report(world, instances.get(1), false);
    assertThat(world.deployments()).hasSize(1);
    assertThat(stopped(world)).containsExactly(instances.get(0).id());

    report(world, instances.get(1), true);
    assertThat(world.deployments()).isEmpty();
    assertThat(stopped(world)).hasSize(2);
  }

  @Test
  void oldInstancesStayUntilNewOnesAreReady() {
    World world = started(web(1, "serve", false));
    Instance old = world.instances(WEB).getFirst();
    report(world, old, true);
    world.change(web(1, "serve better", false), false);
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance fresh =
        world.instances(WEB).stream().filter(is -> !is.id().equals(old.id())).findFirst().get();
    assertThat(polled(world)).containsExactly(old.id(), fresh.id());
    assertThat(world.killed()).isEmpty();

    report(world, fresh, true);

    assertThat(world.killed()).containsExactly(old.taskId());
  }

  @Test
  void outsideDeploymentsNothingIsPolled() {
    World world = started(web(1, "serve", false));
    Instance first = world.instances(WEB).getFirst();
    report(world, first, true);
    world.effects.clear();

    world.update(first, TaskState.TASK_FAILED);
    world.pass(Duration.ofSeconds(10));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);

    assertThat(world.view(WEB).counts().running()).isEqualTo(1);
    assertThat(polled(world)).isEmpty();
  }

  @Test
  void deploymentThatIsCancelledEndsThePolls() {
    World world = started(web(1, "serve", false));
    Instance instance = world.instances(WEB).getFirst();
    report(world, instance, false);

    world.ask(
        new ServicesCommand.CancelDeployment(
            world.nextRequest(), world.deployments().getFirst().id(), true));

    assertThat(stopped(world)).containsExactly(instance.id());
    assertThat(world.view(WEB).readiness()).isEmpty();
    report(world, instance, true);
    assertThat(world.view(WEB).readiness()).isEmpty();
  }

  @Test
  void whatWasFoundIsShownWhileTheDeploymentRuns() {
    World world = started(web(1, "serve", true));
    Instance instance = world.instances(WEB).getFirst();

    report(world, instance, false);

    assertThat(world.core.snapshot().readiness(WEB))
        .containsExactly(new ReadinessResult(instance.taskId(), "warm", false, Optional.of(BUSY)));
    report(world, instance, true);
    assertThat(world.core.snapshot().readiness(WEB)).isEmpty();
  }

  @Test
  void responsesAreKeptOnlyIfAskedFor() {
    World world = started(web(1, "serve", false));
    Instance instance = world.instances(WEB).getFirst();

    report(world, instance, false);

    assertThat(world.view(WEB).readiness())
        .containsExactly(new ReadinessResult(instance.taskId(), "warm", false, Optional.empty()));
  }

  @Test
  void nextSchedulerPollsAnew() {
    World world = started(web(2, "serve", false));
    report(world, world.instances(WEB).getFirst(), true);

    world.restart();
    world.subscribed("framework-1");

    assertThat(polled(world)).hasSize(2);
    world.instances(WEB).forEach(instance -> report(world, instance, true));
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void instanceThatEndsIsPolledNoMore() {
    World world = started(web(1, "serve", false));
    Instance instance = world.instances(WEB).getFirst();

    world.update(instance, TaskState.TASK_FAILED);
    report(world, instance, true);

    assertThat(stopped(world)).containsExactly(instance.id());
    assertThat(world.deployments()).hasSize(1);
  }

  @Test
  void instancesThatWereReadyOnceAreNotAskedAgainWhenMoreAreAdded() {
    World world = started(web(1, "serve", false));
    report(world, world.instances(WEB).getFirst(), true);
    world.effects.clear();

    world.change(web(2, "serve", false), false);
    world.offer("a", 4, 1000);
    world.allRunning(WEB);

    assertThat(polled(world)).hasSize(1);
    world.instances(WEB).stream()
        .filter(instance -> polled(world).contains(instance.id()))
        .forEach(instance -> report(world, instance, true));
    assertThat(world.deployments()).isEmpty();
  }
}
