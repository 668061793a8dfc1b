package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rolling upgrades under a router that is slow, with everything in a random order: there are always
 * enough instances that run and get requests, and none is killed that gets any.
 */
class RoutingStoriesTest {
  private static final AppId WEB = new AppId("/web");
  private static final int WANTED = 4;
  private static final int STEPS_MAX = 5000;

  /** Everything around the core: what a step does is up to chance. */
  private static final class Story {
    final World world = World.ready();
    final SplittableRandom random;
    final int enough;
    // What the router sends requests to, and what runs; both by id of the task.
    final TreeSet<String> routed = new TreeSet<>();
    final TreeSet<String> running = new TreeSet<>();
    final Deque<ServicesNotice> unread = new ArrayDeque<>();
    // It looks at new ones for itself before it sends them anything.
    final List<Instance> candidates = new ArrayList<>();
    final Deque<List<String>> unsent = new ArrayDeque<>();
    final List<String> killsUnderWay = new ArrayList<>();
    private int seen;
    private long stream;
    private final boolean begun;
    private boolean attached;

    Story(long seed) {
      random = new SplittableRandom(seed);
      enough = 2 + random.nextInt(2);
      attach();
      world.create(web("v1"));
      finish(false);
      begun = true;
    }

    AppDefinition web(String cmd) {
      double over = random.nextInt(3) * 0.5;
      return AppDefinition.builder(WEB)
          .cmd(Optional.of(cmd))
          .instances(WANTED)
          .cpus(0.1)
          .mem(16)
          .upgradeStrategy(new UpgradeStrategy((double) enough / WANTED, over, true))
          .build();
    }

    void attach() {
      stream++;
      attached = true;
      world.handle(new ServicesCommand.RouterAttached("edge", stream));
      // As from GET /v2/tasks.
      if (world.core.snapshot().specs().containsKey(WEB)) {
        for (Instance instance : world.instances(WEB)) {
          route(instance, instance.wanted() && instance.isRunning());
        }
      }
    }

    /** The router does it now, and says so later. */
    void route(Instance instance, boolean shown) {
      if (shown) {
        routed.add(instance.taskId());
      } else {
        routed.remove(instance.taskId());
      }
      unsent.add(List.of(shown ? "shown" : "removed", instance.taskId()));
    }

    /** Takes in what the core wants; checks what must hold at every instant. */
    void look() {
      for (; seen < world.effects.size(); seen++) {
        switch (world.effects.get(seen)) {
          case ServicesEffect.Announce(ServicesNotice notice) -> unread.add(notice);
          case ServicesEffect.SendCall(Call call) when call.getType() == Call.Type.KILL -> {
            String task = call.getKill().getTaskId().getValue();
            assertThat(routed).as("routed when %s is killed", task).doesNotContain(task);
            killsUnderWay.add(task);
          }
          default -> {}
        }
      }
      if (begun) {
        long serving = routed.stream().filter(running::contains).count();
        assertThat(serving).as("running and routed").isGreaterThanOrEqualTo(enough);
      }
    }

    void step(boolean mayFailOver) {
      switch (random.nextInt(mayFailOver ? 20 : 19)) {
        case 0, 1, 2 -> world.offer("h" + random.nextInt(3), 0.3, 100);
        case 3, 4, 5, 6 -> comeUp();
        case 7, 8 -> read();
        case 9 -> show();
        case 10, 11, 12, 13 -> tell();
        case 14, 15, 16, 17 -> end();
        // Never so much that a drain's time is over.
        case 18 -> world.pass(Duration.ofMillis(random.nextInt(5)));
        default -> failOver();
      }
      look();
    }

    private void comeUp() {
      List<Instance> launched =
          world.instances(WEB).stream()
              .filter(instance -> world.tasks.containsKey(instance.taskId()))
              .filter(instance -> !running.contains(instance.taskId()))
              .filter(Instance::wanted)
              .toList();
      if (!launched.isEmpty()) {
        Instance instance = launched.get(random.nextInt(launched.size()));
        running.add(instance.taskId());
        world.update(instance, TaskState.TASK_RUNNING);
      }
    }

    private void read() {
      ServicesNotice notice = attached ? unread.poll() : null;
      if (notice instanceof ServicesNotice.InstanceChanged(Instance instance)
          && instance.isRunning()
          && instance.wanted()) {
        candidates.add(instance);
      } else if (notice instanceof ServicesNotice.Own.InstanceDraining draining) {
        candidates.removeIf(instance -> instance.id().equals(draining.instance().id()));
        route(draining.instance(), false);
      }
    }

    private void show() {
      if (!candidates.isEmpty()) {
        route(candidates.remove(random.nextInt(candidates.size())), true);
      }
    }

    private void tell() {
      List<String> word = attached ? unsent.poll() : null;
      if (word != null) {
        List<String> task = List.of(word.get(1));
        boolean shown = word.getFirst().equals("shown");
        world.ask(
            new ServicesCommand.ConfirmRouting(
                world.nextRequest(), "edge", shown ? task : List.of(), shown ? List.of() : task));
      }
    }

    private void end() {
      if (!killsUnderWay.isEmpty()) {
        String task = killsUnderWay.remove(random.nextInt(killsUnderWay.size()));
        running.remove(task);
        InstanceId id = InstanceId.parse(task).orElseThrow();
        world.instances(WEB).stream()
            .filter(instance -> instance.id().equals(id))
            .forEach(instance -> world.update(instance, TaskState.TASK_KILLED));
      }
    }

    private void failOver() {
      world.restart();
      seen = 0;
      unread.clear();
      candidates.clear();
      unsent.clear();
      world.subscribed("framework-1");
      attached = false;
      for (Instance instance : world.instances(WEB)) {
        if (running.contains(instance.taskId())) {
          world.update(instance, TaskState.TASK_RUNNING);
        }
      }
      look();
      attach();
    }

    /** Until the deployment is done. */
    void finish(boolean mayFailOver) {
      for (int i = 0; i < STEPS_MAX && !world.deployments().isEmpty(); i++) {
        step(mayFailOver && random.nextInt(5) == 0);
      }
      assertThat(world.deployments()).isEmpty();
      while (!(unread.isEmpty() && candidates.isEmpty() && unsent.isEmpty())) {
        read();
        show();
        tell();
        look();
      }
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void upgradeKeepsEnoughInstancesThatRunAndGetRequests(int seed) {
    Story story = new Story(seed);

    story.world.change(story.web("v2"), false);
    story.finish(false);

    assertThat(story.routed).hasSize(WANTED).isEqualTo(story.running);
    assertThat(story.world.instances(WEB)).hasSize(WANTED);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void soDoesOneThatOtherSchedulersGoOnWith(int seed) {
    Story story = new Story(seed);

    story.world.change(story.web("v2"), false);
    story.finish(true);

    assertThat(story.routed).hasSize(WANTED).isEqualTo(story.running);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void soDoesOneThatIsTakenBackInTheMiddle(int seed) {
    Story story = new Story(seed);
    story.world.change(story.web("v2"), false);
    int steps = story.random.nextInt(60);
    for (int i = 0; i < steps; i++) {
      story.step(false);
    }

    story.world.change(story.web("v3"), true);
    story.finish(true);

    assertThat(story.routed).hasSize(WANTED).isEqualTo(story.running);
  }
}
