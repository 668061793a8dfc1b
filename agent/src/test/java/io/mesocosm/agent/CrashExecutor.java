package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/** A framework's executor, as its library does it: what is not acknowledged it tells again. */
final class CrashExecutor {
  static final String ID = ExecutorStory.EXECUTOR;

  private final CrashWorld world;
  private final SortedSet<String> live = new TreeSet<>();
  private final SortedSet<String> everLaunched = new TreeSet<>();
  private final SortedMap<String, TaskInfo> unacknowledgedTasks = new TreeMap<>();
  private final List<TaskStatus> unacknowledgedUpdates = new ArrayList<>();
  private boolean running;
  private long requests;
  private int updates;
  private OptionalLong stream = OptionalLong.empty();

  CrashExecutor(CrashWorld world) {
    this.world = world;
  }

  void start() {
    running = true;
    unacknowledgedTasks.clear();
    unacknowledgedUpdates.clear();
    subscribe();
  }

  void stop() {
    running = false;
    live.clear();
    stream = OptionalLong.empty();
  }

  void streamBroke() {
    stream = OptionalLong.empty();
  }

  void returnIfRunning() {
    if (running) {
      subscribe();
    }
  }

  /** A task comes to its end. */
  void finish(String task) {
    if (live.remove(task)) {
      update(task, TaskState.TASK_FINISHED);
    }
  }

  private void subscribe() {
    Call.Subscribe.Builder subscribe = Call.Subscribe.newBuilder();
    subscribe.addAllUnacknowledgedTasks(unacknowledgedTasks.values());
    unacknowledgedUpdates.forEach(
        status -> subscribe.addUnacknowledgedUpdatesBuilder().setStatus(status));
    call(Call.newBuilder().setType(Call.Type.SUBSCRIBE).setSubscribe(subscribe));
  }

  void answered(long request, ExecutorAnswer answer) {
    if (answer instanceof ExecutorAnswer.Subscribed) {
      stream = OptionalLong.of(request);
    } else if (answer instanceof ExecutorAnswer.Refused refused && running) {
      assertThat(refused.status()).as(refused.text()).isEqualTo(503);
    }
  }

  void closed(long number) {
    if (stream.equals(OptionalLong.of(number))) {
      stream = OptionalLong.empty();
    }
  }

  void hear(long number, Event event) {
    if (!stream.equals(OptionalLong.of(number)) || !running) {
      return;
    }
    switch (event.getType()) {
      case LAUNCH -> launch(event.getLaunch().getTask());
      case LAUNCH_GROUP ->
          event.getLaunchGroup().getTaskGroup().getTasksList().forEach(this::launch);
      case KILL -> {
        String task = event.getKill().getTaskId().getValue();
        if (live.remove(task)) {
          update(task, TaskState.TASK_KILLED);
        }
      }
      case ACKNOWLEDGED -> {
        ByteString uuid = event.getAcknowledged().getUuid();
        unacknowledgedUpdates.removeIf(status -> status.getUuid().equals(uuid));
        unacknowledgedTasks.remove(event.getAcknowledged().getTaskId().getValue());
      }
      case SHUTDOWN -> world.exit(ID, 0);
      case SUBSCRIBED, MESSAGE, ERROR, HEARTBEAT, UNKNOWN -> {}
    }
  }

  private void launch(TaskInfo task) {
    String id = task.getTaskId().getValue();
    assertThat(everLaunched.add(id)).as("%s is delivered once", id).isTrue();
    live.add(id);
    unacknowledgedTasks.put(id, task);
    // Twice, as one that reports its health: the order matters even among equals.
    update(id, TaskState.TASK_RUNNING);
    update(id, TaskState.TASK_RUNNING);
  }

  private void update(String task, TaskState state) {
    updates++;
    TaskStatus status =
        TaskStatus.newBuilder()
            .setTaskId(TaskID.newBuilder().setValue(task))
            .setState(state)
            .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
            .setUuid(ByteString.copyFromUtf8(String.format(Locale.ROOT, "%016d", updates)))
            .build();
    unacknowledgedUpdates.add(status);
    if (stream.isPresent()) {
      call(
          Call.newBuilder()
              .setType(Call.Type.UPDATE)
              .setUpdate(Call.Update.newBuilder().setStatus(status)));
    }
  }

  private void call(Call.Builder call) {
    requests++;
    world.toAgent(
        new AgentCommand.ExecutorCall(
            requests,
            call.setExecutorId(ExecutorID.newBuilder().setValue(ID))
                .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
                .build(),
            Optional.empty()));
  }

  boolean wasGiven(String task) {
    return everLaunched.contains(task);
  }
}
