package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** Apps that are scaled by what they have to do. */
class AutoscalingTest {
  private static final AppId WEB = new AppId("/web");
  private static final Duration COOLDOWN = Duration.ofMinutes(3);
  private static final Autoscale.Target METRIC = new Autoscale.Target.Metric("http://m/", 10);

  private static AppDefinition web(int instances, Autoscale.Target target) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of("serve"))
        .instances(instances)
        .cpus(0.5)
        .mem(128)
        .autoscale(Optional.of(new Autoscale(1, 6, target, COOLDOWN)))
        .build();
  }

  private static World running(AppDefinition app) {
    World world = World.ready();
    world.create(app);
    settle(world);
    world.pass(COOLDOWN);
    world.effects.clear();
    return world;
  }

  /** Whatever is under way comes to its end. */
  private static void settle(World world) {
    for (int i = 0; i < 5; i++) {
      world.offer("a" + i, 100, 100000);
    }
    world.allRunning(WEB);
    for (Instance instance : world.instances(WEB)) {
      if (!instance.wanted()) {
        world.update(instance, TaskState.TASK_KILLED);
      }
    }
    assertThat(world.deployments()).isEmpty();
  }

  private static List<ServicesEffect.Measure> asked(World world) {
    return world.effects.stream()
        .filter(ServicesEffect.Measure.class::isInstance)
        .map(ServicesEffect.Measure.class::cast)
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

  /** Time passes, and whatever is asked to be measured is answered. */
  private static void pass(World world, Duration time, DoubleSupplier load) {
    long seconds = time.toSeconds();
    for (long i = 0; i < seconds; i += 5) {
      int before = asked(world).size();
      world.pass(Duration.ofSeconds(5));
      if (asked(world).size() > before) {
        world.handle(new ServicesCommand.Measured(WEB, OptionalDouble.of(load.getAsDouble()), ""));
        settle(world);
      }
    }
  }

  private static int instances(World world) {
    return world.view(WEB).spec().instances();
  }

  @Test
  void moreComeWithTheLoad() {
    World world = running(web(2, METRIC));
    pass(world, Duration.ofSeconds(20), () -> 45);

    assertThat(instances(world)).isEqualTo(5);
    assertThat(world.instances(WEB)).hasSize(5);
    ServicesNotice.Own.AutoscaleDecided decided =
        told(world, ServicesNotice.Own.AutoscaleDecided.class).getFirst();
    assertThat(decided.from()).isEqualTo(2);
    assertThat(decided.to()).isEqualTo(5);
    assertThat(decided.measured()).isEqualTo(45);
    assertThat(decided.target()).isEqualTo(10);
    assertThat(decided.reason()).contains("5 wanted");
    assertThat(world.storedIn("/apps")).containsExactly("/apps/web");
  }

  @Test
  void fewerStayAfterTheCooldown() {
    World world = running(web(5, METRIC));
    pass(world, COOLDOWN.minusSeconds(15), () -> 12);
    assertThat(instances(world)).isEqualTo(5);
    pass(world, Duration.ofSeconds(45), () -> 12);
    assertThat(instances(world)).isEqualTo(2);
    assertThat(world.instances(WEB)).hasSize(2);
  }

  @Test
  void heldAtMaxIsToldOnce() {
    World world = running(web(5, METRIC));
    pass(world, Duration.ofMinutes(10), () -> 500 + world.now.getEpochSecond() % 100);
    assertThat(instances(world)).isEqualTo(6);
    assertThat(told(world, ServicesNotice.Own.AutoscaleDecided.class)).hasSize(1);
    assertThat(told(world, ServicesNotice.Own.AutoscaleDecided.class).getFirst().isHeldAtMax())
        .isTrue();
  }

  @Test
  void heldAtMaxFromTheStartIsTold() {
    World world = running(web(6, METRIC));
    pass(world, Duration.ofMinutes(2), () -> 500);
    ServicesNotice.Own.AutoscaleDecided told =
        told(world, ServicesNotice.Own.AutoscaleDecided.class).getFirst();
    assertThat(told.from()).isEqualTo(6);
    assertThat(told.to()).isEqualTo(6);
    assertThat(told(world, ServicesNotice.Own.AutoscaleDecided.class)).hasSize(1);
  }

  @Test
  void noisyMetricDoesNotFlap() {
    World world = running(web(3, METRIC));
    int[] noise = {25, 33, 21, 30, 28, 38, 15, 31};
    int[] at = {0};
    pass(world, Duration.ofHours(1), () -> noise[at[0]++ % noise.length]);
    assertThat(told(world, ServicesNotice.Own.AutoscaleDecided.class)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void nothingIsMeasuredWhileADeploymentRuns() {
    World world = running(web(2, METRIC));
    world.change(web(4, METRIC), false);
    world.effects.clear();
    world.pass(Duration.ofMinutes(2));
    assertThat(asked(world)).isEmpty();
    settle(world);
    world.pass(Duration.ofSeconds(20));
    assertThat(asked(world)).isNotEmpty();
  }

  @Test
  void measurementThatComesDuringADeploymentDecidesNothing() {
    World world = running(web(2, METRIC));
    world.pass(Duration.ofSeconds(20));
    world.change(web(3, METRIC), false);
    world.handle(new ServicesCommand.Measured(WEB, OptionalDouble.of(60), ""));
    assertThat(instances(world)).isEqualTo(3);
    assertThat(world.deployments()).hasSize(1);
  }

  @Test
  void numberOfAUserIsWhereItStartsFrom() {
    World world = running(web(2, METRIC));
    world.change(web(4, METRIC), false);
    settle(world);
    pass(world, COOLDOWN.minusSeconds(30), () -> 60);
    assertThat(instances(world)).isEqualTo(4);
    pass(world, Duration.ofMinutes(1), () -> 60);
    assertThat(instances(world)).isEqualTo(6);
  }

  @Test
  void cpuIsAskedForWhereInstancesRun() {
    World world = running(web(2, new Autoscale.Target.CpuPercent(50)));
    world.pass(Duration.ofSeconds(20));
    ServicesEffect.Measure measure = asked(world).getFirst();
    assertThat(measure.cpus()).isEqualTo(0.5);
    assertThat(measure.sites())
        .extracting(ServicesEffect.Measure.Site::taskId)
        .containsExactlyElementsOf(world.instances(WEB).stream().map(Instance::taskId).toList());
    world.handle(new ServicesCommand.Measured(WEB, OptionalDouble.of(80), ""));
    assertThat(instances(world)).isEqualTo(4);
  }

  @Test
  void whatCannotBeMeasuredIsToldOnceAndChangesNothing() {
    World world = running(web(2, METRIC));
    for (int i = 0; i < 20; i++) {
      world.handle(
          new ServicesCommand.Measured(WEB, OptionalDouble.empty(), "http://m/ answers 500"));
    }
    assertThat(told(world, ServicesNotice.Warning.class))
        .extracting(ServicesNotice.Warning::message)
        .containsExactly("cannot measure /web, which keeps its 2 instances: http://m/ answers 500");
    assertThat(instances(world)).isEqualTo(2);
  }

  @Test
  void theNextProcessGoesOn() {
    World world = running(web(2, METRIC));
    world.restart();
    world.subscribed("framework-1");
    pass(world, Duration.ofSeconds(30), () -> 45);
    assertThat(instances(world)).isEqualTo(5);
  }

  @Test
  void appThatIsNotScaledAnyMoreIsNotMeasured() {
    World world = running(web(2, METRIC));
    world.change(web(2, METRIC).toBuilder().autoscale(Optional.empty()).build(), true);
    world.effects.clear();
    world.pass(Duration.ofMinutes(5));
    assertThat(asked(world)).isEmpty();
    assertThat(world.timers.keySet()).doesNotContain(new ServicesTimer.Autoscale(WEB));
  }
}
