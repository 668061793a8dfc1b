package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lives of an agent, each broken off after every single command and every single effect of it, and
 * gone on with from exactly what had reached the disk.
 */
class CrashSweepTest {
  private static final int DOUBLE_CRASHES = 200;

  /** What happens to the agent from outside. */
  private enum Life {
    COMMAND_TASKS {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(AgentStory.task("a"), AgentStory.task("b")),
            world -> world.run(AgentStory.task("c")),
            world -> world.exit("a", 0),
            world -> world.kill("b"),
            world -> world.runAgain(AgentStory.task("c")),
            world -> world.exit("c", 1));
      }

      @Override
      void check(CrashWorld world, CrashWorld.Downtime downtime) {
        expect(world, "a", TaskState.TASK_FINISHED, downtime);
        if (downtime == CrashWorld.Downtime.SHORT) {
          expect(world, "b", TaskState.TASK_KILLED, downtime);
          expect(world, "c", TaskState.TASK_FAILED, downtime);
        }
      }
    },
    TASK_KILLED_AT_ONCE {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> {
              world.run(AgentStory.task("a"));
              world.kill("a");
            },
            world -> world.exit("a", 0));
      }
    },
    GROUPS {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.runGroup("a", "b", "c"),
            world -> world.runGroup("d"),
            world -> world.exit("a", 0),
            world -> world.exit("b", 1),
            world -> world.exit("d", 0));
      }

      @Override
      void check(CrashWorld world, CrashWorld.Downtime downtime) {
        expect(world, "d", TaskState.TASK_FINISHED, downtime);
        if (world.launchedOwners().containsAll(List.of("a", "b", "c"))
            && downtime == CrashWorld.Downtime.SHORT) {
          expect(world, "a", TaskState.TASK_FINISHED, downtime);
          expect(world, "b", TaskState.TASK_FAILED, downtime);
          expect(world, "c", TaskState.TASK_KILLED, downtime);
        }
      }
    },
    CUSTOM_EXECUTOR {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(ExecutorStory.task("a")),
            world -> world.run(ExecutorStory.task("b")),
            world -> world.executor().finish("a"),
            world -> world.kill("b"),
            world -> world.run(ExecutorStory.task("c")),
            world -> world.exit(CrashExecutor.ID, 3));
      }

      @Override
      void check(CrashWorld world, CrashWorld.Downtime downtime) {
        if (downtime == CrashWorld.Downtime.SHORT) {
          if (world.executor().wasGiven("a")) {
            assertThat(world.last("a")).contains(TaskState.TASK_FINISHED);
          }
          if (world.executor().wasGiven("b")) {
            assertThat(world.last("b")).contains(TaskState.TASK_KILLED);
          }
        }
      }
    },
    FRAMEWORK_SHUT_DOWN {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(AgentStory.task("a")),
            world -> world.run(ExecutorStory.task("b")),
            CrashWorld::shutDownFramework,
            world -> world.exit(CrashExecutor.ID, 0));
      }
    },
    DRAIN {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(AgentStory.task("a")),
            world -> world.run(ExecutorStory.task("b")),
            CrashWorld::drain,
            world -> world.run(AgentStory.task("c")),
            CrashWorld::reactivate,
            world -> world.exit(CrashExecutor.ID, 0));
      }

      @Override
      void check(CrashWorld world, CrashWorld.Downtime downtime) {
        assertThat(world.wasLaunched("c")).as("a launch while the agent is drained").isFalse();
        if (world.wasLaunched("a") && downtime == CrashWorld.Downtime.SHORT) {
          assertThat(world.last("a")).contains(TaskState.TASK_KILLED);
        }
      }
    },
    RETIREMENT {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(AgentStory.task("a")),
            world -> world.run(ExecutorStory.task("b")),
            CrashWorld::retire,
            world -> world.pass(Duration.ofSeconds(10)));
      }
    },
    SHUTDOWN {
      @Override
      List<Consumer<CrashWorld>> story() {
        return List.of(
            world -> world.run(AgentStory.task("a")),
            world -> world.run(ExecutorStory.task("b")),
            CrashWorld::shutDown,
            world -> world.pass(Duration.ofSeconds(10)));
      }
    };

    abstract List<Consumer<CrashWorld>> story();

    void check(CrashWorld world, CrashWorld.Downtime downtime) {}

    /** What would have become of a task without a crash becomes of it with one. */
    private static void expect(
        CrashWorld world, String task, TaskState state, CrashWorld.Downtime downtime) {
      if (world.wasLaunched(task)
          && downtime != CrashWorld.Downtime.REBOOT
          && !world.hasVanished(task)) {
        assertThat(world.last(task)).as("the end of " + task).contains(state);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Life.class)
  void aCrashAtAnyInstantLosesNothingAndRepeatsNothing(Life life) {
    for (boolean lazy : new boolean[] {false, true}) {
      int ticks = play(life, crash(Set.of(), lazy)).ticks();
      for (int tick = 1; tick <= ticks; tick++) {
        for (CrashWorld.Unanswered unanswered : CrashWorld.Unanswered.values()) {
          for (CrashWorld.Downtime downtime : CrashWorld.Downtime.values()) {
            CrashWorld world =
                play(life, new CrashWorld.Crash(Set.of(tick), unanswered, downtime, lazy));
            assertThat(world.hasCrashed()).isTrue();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Life.class)
  void neitherDoManyCrashes(Life life) {
    SplittableRandom random = new SplittableRandom(life.ordinal());
    int ticks = play(life, crash(Set.of(), true)).ticks();
    for (int i = 0; i < DOUBLE_CRASHES; i++) {
      Set<Integer> at =
          Set.of(random.nextInt(ticks), ticks + random.nextInt(ticks), -1 - random.nextInt(2));
      List<Integer> more = new ArrayList<>(at);
      more.add(random.nextInt(2 * ticks));
      play(
          life,
          new CrashWorld.Crash(
              Set.copyOf(more),
              CrashWorld.Unanswered.values()[random.nextInt(3)],
              CrashWorld.Downtime.values()[random.nextInt(3)],
              random.nextBoolean()));
    }
  }

  @Test
  void withoutACrashAllGoesAsWanted() {
    for (Life life : Life.values()) {
      CrashWorld world = play(life, crash(Set.of(), false));
      assertThat(world.hasCrashed()).isFalse();
    }
  }

  private static CrashWorld.Crash crash(Set<Integer> ticks, boolean lazy) {
    return new CrashWorld.Crash(ticks, CrashWorld.Unanswered.NONE, CrashWorld.Downtime.SHORT, lazy);
  }

  private static CrashWorld play(Life life, CrashWorld.Crash crash) {
    try {
      CrashWorld world = new CrashWorld(crash);
      world.play(life.story());
      world.assertAllAccountedFor();
      life.check(world, crash.downtime());
      return world;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(life + " with " + crash + ": " + e.getMessage(), e);
    }
  }
}
