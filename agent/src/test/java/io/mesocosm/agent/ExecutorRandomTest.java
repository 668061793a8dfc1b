package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An executor, its scheduler and its machine do whatever may happen, in any order. */
class ExecutorRandomTest {
  private static final int STORIES = 150;
  private static final int STEPS = 80;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyTaskEndsOnceWhateverHappens(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < STORIES; i++) {
      long storySeed = random.nextLong();
      try {
        new World(storySeed).live();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("story of seed " + storySeed, e);
      }
    }
  }

  private static final class World {
    final SplittableRandom random;
    final ExecutorStory story = new ExecutorStory();
    final Map<String, TaskInfo> held = new LinkedHashMap<>();
    final Map<String, TaskState> ends = new LinkedHashMap<>();
    final SequencedSet<ContainerId> containers = new LinkedHashSet<>();
    final SequencedSet<Long> open = new LinkedHashSet<>();
    final List<TaskStatus> sent = new ArrayList<>();
    final List<TaskStatus> unacknowledged = new ArrayList<>();
    int tasks;

    World(long seed) {
      random = new SplittableRandom(seed);
    }

    void live() {
      for (int i = 0; i < STEPS; i++) {
        step();
        story.pass(Duration.ofMillis(random.nextInt(5000)));
      }
      see(story.shutDownExecutor());
      while (!containers.isEmpty()) {
        exit();
      }
      while (!unacknowledged.isEmpty()) {
        see(story.agent.acknowledge(unacknowledged.removeFirst()));
      }
      for (int i = 0; i < tasks; i++) {
        assertThat(ends).containsKey("t" + i);
      }
      assertThat(story.agent.agent.snapshot().frameworks()).isEmpty();
    }

    private void step() {
      switch (random.nextInt(13)) {
        case 0, 1 -> see(story.run(next()));
        case 2 -> see(story.runGroup(next(), next()));
        case 3 -> containers.stream().findFirst().ifPresent(id -> see(story.agent.started(id)));
        case 4, 5 -> subscribe();
        case 6, 7, 8 -> update();
        case 9 -> see(story.agent.kill("t" + random.nextInt(tasks + 1)));
        case 10 -> {
          if (!unacknowledged.isEmpty()) {
            see(story.agent.acknowledge(unacknowledged.removeFirst()));
          }
        }
        case 11 -> rare();
        case 12 -> {
          if (!open.isEmpty()) {
            long stream = open.removeFirst();
            see(story.agent.handle(new AgentCommand.ExecutorStreamClosed(stream)));
          }
        }
        default -> throw new IllegalStateException("no such step");
      }
    }

    private void rare() {
      switch (random.nextInt(4)) {
        case 0 -> {
          if (!containers.isEmpty()) {
            exit();
          }
        }
        case 1 -> see(story.shutDownExecutor());
        case 2 -> {
          see(drain(LinkEvent.Drain.newBuilder().setConfig(DrainConfig.getDefaultInstance())));
          see(drain(LinkEvent.Drain.newBuilder()));
        }
        case 3 ->
            containers.stream()
                .findFirst()
                .ifPresent(id -> see(story.timer(new AgentTimer.ExecutorRegistrationOverdue(id))));
        default -> throw new IllegalStateException("no such step");
      }
    }

    private List<AgentEffect> drain(LinkEvent.Drain.Builder drain) {
      return story.agent.event(
          LinkEvent.newBuilder().setType(LinkEvent.Type.DRAIN).setDrain(drain).build());
    }

    private String next() {
      String id = "t" + tasks;
      tasks++;
      return id;
    }

    private void exit() {
      ContainerId id = containers.removeFirst();
      held.clear();
      see(story.agent.handle(new AgentCommand.ContainerExited(ContainerExit.exited(id, 1))));
    }

    private void subscribe() {
      Call.Subscribe.Builder news = Call.Subscribe.newBuilder();
      held.values().forEach(news::addUnacknowledgedTasks);
      sent.stream()
          .filter(_ -> random.nextInt(4) == 0)
          .forEach(
              status -> news.addUnacknowledgedUpdates(Call.Update.newBuilder().setStatus(status)));
      see(story.subscribe(news));
    }

    private void update() {
      if (held.isEmpty()) {
        return;
      }
      String id = List.copyOf(held.keySet()).get(random.nextInt(held.size()));
      TaskState state = random.nextBoolean() ? TaskState.TASK_RUNNING : TaskState.TASK_FINISHED;
      TaskStatus status = story.status(id, state);
      sent.add(status);
      see(story.update(status));
    }

    private void see(List<AgentEffect> effects) {
      for (AgentEffect effect : effects) {
        switch (effect) {
          case AgentEffect.LaunchContainer(var launch) -> containers.add(launch.id());
          case AgentEffect.AnswerExecutor(long request, ExecutorAnswer answer) -> {
            assertThat(request).isEqualTo(story.lastRequest());
            if (answer instanceof ExecutorAnswer.Subscribed) {
              open.add(request);
            }
          }
          case AgentEffect.CloseExecutorStream(long stream) -> open.remove(stream);
          case AgentEffect.SendToExecutor(long stream, Event event) -> {
            assertThat(open).contains(stream);
            hear(event);
          }
          case AgentEffect.SendToMaster(long _, LinkCall call) -> hear(call);
          default -> {
            // of no interest here
          }
        }
      }
    }

    private void hear(Event event) {
      if (event.getType() == Event.Type.LAUNCH) {
        TaskInfo task = event.getLaunch().getTask();
        held.put(task.getTaskId().getValue(), task);
      } else if (event.getType() == Event.Type.LAUNCH_GROUP) {
        event
            .getLaunchGroup()
            .getTaskGroup()
            .getTasksList()
            .forEach(task -> held.put(task.getTaskId().getValue(), task));
      }
    }

    private void hear(LinkCall call) {
      if (call.getType() != LinkCall.Type.UPDATE) {
        return;
      }
      TaskStatus status = call.getUpdate().getStatus();
      ByteString uuid = status.getUuid();
      boolean repeated = unacknowledged.stream().anyMatch(it -> it.getUuid().equals(uuid));
      if (!repeated) {
        unacknowledged.add(status);
        if (TaskStates.isTerminal(status.getState())) {
          assertThat(ends.put(status.getTaskId().getValue(), status.getState())).isNull();
        }
      }
    }
  }
}
