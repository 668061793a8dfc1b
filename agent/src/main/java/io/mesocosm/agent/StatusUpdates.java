package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The statuses that schedulers have not acknowledged (contracts/mesos-scheduler-api.md U3, U4): of
 * each task one is in flight, the others wait their turn. The one in flight is repeated after 10 s,
 * doubling to 10 min, and at once when a new link to the master is up.
 */
final class StatusUpdates {
  private static final Duration RESEND_MIN = Duration.ofSeconds(10);
  private static final Duration RESEND_MAX = Duration.ofMinutes(10);

  private final Registration registration;
  private final Changes changes;
  private final Effects effects;
  private final SortedMap<TaskKey, Stream> streams = new TreeMap<>();

  private static final class Stream {
    final Deque<TaskStatus> pending = new ArrayDeque<>();
    Duration delay = RESEND_MIN;
  }

  StatusUpdates(Registration registration, Changes changes, Effects effects) {
    this.registration = registration;
    this.changes = changes;
    this.effects = effects;
  }

  void add(TaskKey key, TaskStatus status, Instant now) {
    Stream stream = streams.computeIfAbsent(key, _ -> new Stream());
    stream.pending.addLast(status);
    changes.task(key);
    if (stream.pending.size() == 1) {
      send(key, stream, now);
    }
  }

  /**
   * Takes the status in flight out, if that is its uuid, and sends the next.
   *
   * @return the acknowledged status; absent if the acknowledgement is late, double or foreign
   */
  Optional<TaskStatus> acknowledge(TaskKey key, ByteString uuid, Instant now) {
    Stream stream = streams.get(key);
    if (stream == null || !stream.pending.getFirst().getUuid().equals(uuid)) {
      return Optional.empty();
    }
    TaskStatus acknowledged = stream.pending.removeFirst();
    changes.task(key);
    effects.add(new AgentEffect.CancelTimer(timer(key)));
    if (stream.pending.isEmpty()) {
      streams.remove(key);
    } else {
      stream.delay = RESEND_MIN;
      send(key, stream, now);
    }
    return Optional.of(acknowledged);
  }

  /** Takes up what an earlier run of this agent had to tell of a task, oldest first. */
  void restore(TaskKey key, List<TaskStatus> pending) {
    if (!pending.isEmpty()) {
      Stream stream = new Stream();
      stream.pending.addAll(pending);
      streams.put(key, stream);
      changes.task(key);
    }
  }

  /** What is not acknowledged of a task, oldest first. */
  List<TaskStatus> pending(TaskKey key) {
    Stream stream = streams.get(key);
    return stream == null ? List.of() : List.copyOf(stream.pending);
  }

  /** The oldest status of a task that is not acknowledged. */
  Optional<TaskStatus> oldest(TaskKey key) {
    return Optional.ofNullable(streams.get(key)).map(stream -> stream.pending.getFirst());
  }

  /** Repeats the status in flight of a task, if there still is one. */
  void resendDue(TaskKey key, Instant now) {
    Stream stream = streams.get(key);
    if (stream != null) {
      stream.delay =
          stream.delay.multipliedBy(2).compareTo(RESEND_MAX) < 0
              ? stream.delay.multipliedBy(2)
              : RESEND_MAX;
      send(key, stream, now);
    }
  }

  /** The link is gone: repeating rests until {@link #resume}. */
  void pause() {
    streams.keySet().forEach(key -> effects.add(new AgentEffect.CancelTimer(timer(key))));
  }

  /** A new link is up: everything in flight is sent again at once. */
  void resume(Instant now) {
    streams.forEach((key, stream) -> {
      stream.delay = RESEND_MIN;
      send(key, stream, now);
    });
  }

  /** Nobody wants to hear of the task any more. */
  void forget(TaskKey key) {
    if (streams.remove(key) != null) {
      changes.task(key);
      effects.add(new AgentEffect.CancelTimer(timer(key)));
    }
  }

  private void send(TaskKey key, Stream stream, Instant now) {
    if (!registration.isRegistered()) {
      return;
    }
    LinkCall.Update update =
        LinkCall.Update.newBuilder()
            .setFrameworkId(FrameworkID.newBuilder().setValue(key.frameworkId().value()))
            .setStatus(stream.pending.getFirst())
            .setLatestState(stream.pending.getLast().getState())
            .build();
    registration.send(
        LinkCall.newBuilder().setType(LinkCall.Type.UPDATE).setUpdate(update).build());
    effects.add(new AgentEffect.SetTimer(timer(key), now.plus(stream.delay)));
  }

  private static AgentTimer timer(TaskKey key) {
    return new AgentTimer.ResendUpdate(key.frameworkId(), key.taskId());
  }
}
