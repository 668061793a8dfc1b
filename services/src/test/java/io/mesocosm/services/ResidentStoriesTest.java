package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Reservation.LocalVolume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever fails in whatever order: no volume is lost that is wanted, and none is left behind. */
class ResidentStoriesTest {
  private static final int STEPS = 120;
  private static final int ROUNDS_MAX = 200;
  private static final List<AppId> APPS = List.of(new AppId("/left"), new AppId("/right"));

  private final List<AgentLedger> agents =
      List.of(ResidentTest.agent("a"), ResidentTest.agent("b"));
  private final World world = World.ready();

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noVolumeIsLostOrLeftBehind(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (AppId app : APPS) {
      world.create(ResidentTest.db(app, 2));
    }
    for (int i = 0; i < STEPS; i++) {
      step(random);
      check();
    }
    agents.forEach(agent -> agent.dropping.clear());
    for (int i = 0; i < ROUNDS_MAX && !isCalm(); i++) {
      round();
      check();
    }
    assertThat(isCalm()).as("calm after seed %s: %s", seed, all()).isTrue();
    List<String> owned = all().stream().flatMap(ResidentStoriesTest::volumes).sorted().toList();
    for (int i = 0; i < 10; i++) {
      round();
    }
    assertThat(agents.stream().flatMap(agent -> agent.volumes().stream()).sorted().toList())
        .isEqualTo(owned);

    APPS.forEach(world::delete);
    for (int i = 0; i < 20; i++) {
      round();
    }
    assertThat(agents).allMatch(agent -> agent.reserved().isEmpty());
    // after a crash nobody knows what was freed already: it is looked for long
    world.pass(ServicesConfig.defaults().failoverTimeout().plusHours(1));
    assertThat(world.storedIn("/instances", "/leftovers")).isEmpty();
  }

  private List<Instance> all() {
    List<Instance> all = new ArrayList<>();
    for (AppId app : APPS) {
      if (world.core.snapshot().specs().containsKey(app)) {
        all.addAll(world.instances(app));
      }
    }
    return all;
  }

  private static java.util.stream.Stream<String> volumes(Instance instance) {
    return instance.reservation().stream()
        .flatMap(reservation -> reservation.volumes().stream())
        .map(LocalVolume::persistenceId);
  }

  private boolean isCalm() {
    return world.deployments().isEmpty()
        && all().stream().allMatch(Instance::isRunning)
        && all().stream().allMatch(Instance::wanted)
        && APPS.stream()
            .allMatch(app -> world.instances(app).size() == world.view(app).spec().instances());
  }

  private void step(SplittableRandom random) {
    AppId app = APPS.get(random.nextInt(APPS.size()));
    AgentLedger agent = agents.get(random.nextInt(agents.size()));
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> world.offer(agent, "data");
      case 3, 4 -> comeUp(agent);
      case 5 -> fail(agent, random);
      case 6 -> endKilled(agent);
      case 7 -> tellOfLost();
      case 8 -> world.pass(Duration.ofSeconds(random.nextInt(40)));
      case 9 ->
          world.change(
              ResidentTest.db(app, 1 + random.nextInt(3)).toBuilder()
                  .cmd(Optional.of("sleep " + random.nextInt(1000)))
                  .build(),
              true);
      case 10 ->
          world.ask(
              new ServicesCommand.KillInstances(
                  world.nextRequest(),
                  List.of(),
                  Optional.of(app),
                  Optional.empty(),
                  false,
                  random.nextInt(3) == 0,
                  WriteOptions.forced(true)));
      case 11 -> failOver(agent, random);
      case 12 -> {
        agent.dropping.clear();
        switch (random.nextInt(4)) {
          case 0 -> agent.dropping.add(Operation.Type.CREATE);
          case 1 -> agent.dropping.add(Operation.Type.LAUNCH);
          case 2 -> agent.dropping.add(Operation.Type.UNRESERVE);
          default -> agent.dropping.add(Operation.Type.RESERVE);
        }
      }
      default -> agent.dropping.clear();
    }
  }

  private void round() {
    for (AgentLedger agent : agents) {
      endKilled(agent);
      tellOfLost();
      world.offer(agent, "data");
      comeUp(agent);
    }
    world.pass(Duration.ofSeconds(30));
  }

  private void comeUp(AgentLedger agent) {
    for (String task : List.copyOf(agent.usedByTask.keySet())) {
      all().stream()
          .filter(instance -> instance.taskId().equals(task) && !instance.isRunning())
          .forEach(_ -> world.update(task, agent.agentId(), TaskState.TASK_RUNNING));
    }
  }

  private void fail(AgentLedger agent, SplittableRandom random) {
    List<String> tasks = List.copyOf(agent.usedByTask.keySet());
    if (!tasks.isEmpty()) {
      String task = tasks.get(random.nextInt(tasks.size()));
      agent.ended(task);
      world.update(
          task,
          agent.agentId(),
          random.nextBoolean() ? TaskState.TASK_FAILED : TaskState.TASK_FINISHED);
    }
  }

  private void endKilled(AgentLedger agent) {
    for (String task : world.killed()) {
      if (agent.usedByTask.containsKey(task)) {
        agent.ended(task);
        world.update(task, agent.agentId(), TaskState.TASK_KILLED);
      }
    }
  }

  /** The master says so of tasks that it was never given. */
  private void tellOfLost() {
    for (Instance instance : all()) {
      boolean runs =
          agents.stream().anyMatch(agent -> agent.usedByTask.containsKey(instance.taskId()));
      if (!runs && instance.condition() != Condition.SCHEDULED && world.held.isEmpty()) {
        world.update(instance, TaskState.TASK_DROPPED);
      }
    }
  }

  /** It may come at any moment between a store and what follows from it. */
  private void failOver(AgentLedger agent, SplittableRandom random) {
    if (random.nextBoolean()) {
      world.holdStore = true;
      if (random.nextBoolean()) {
        world.offer(agent, "data");
      } else {
        fail(agent, random);
        endKilled(agent);
      }
      if (random.nextBoolean() && !world.held.isEmpty()) {
        world.happens(World.Happened.EVERYTHING);
      }
      world.held.clear();
      world.holdStore = false;
    }
    world.core = new Services(ServicesConfig.defaults(), random.split());
    world.timers.clear();
    world.effects.clear();
    world.load();
    world.subscribed("framework-1");
    // reconciliation
    for (AgentLedger one : agents) {
      for (String task : List.copyOf(one.usedByTask.keySet())) {
        world.update(task, one.agentId(), TaskState.TASK_RUNNING);
      }
    }
    tellOfLost();
  }

  private void check() {
    for (AgentLedger agent : agents) {
      for (String task : agent.usedByTask.keySet()) {
        InstanceId id = InstanceId.parse(task).orElseThrow();
        assertThat(agent.volumeOf(task)).startsWith(id.app().taskPrefix() + "#data#");
      }
      List<String> destroyed = agent.destroyed;
      assertThat(all().stream().flatMap(ResidentStoriesTest::volumes))
          .as("volumes of instances that are there")
          .doesNotContainAnyElementsOf(destroyed.isEmpty() ? List.of("none") : destroyed);
    }
  }
}
