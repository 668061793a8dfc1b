package io.mesocosm.master.api;

import io.mesocosm.http.StreamSink;
import io.mesocosm.master.ClusterEvent;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.StreamId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.master.Protos.Event;

/**
 * Operators who follow events (contracts/mesos-operator-api.md §4). Each event is rendered once a
 * media type, and goes to those who may see it. {@link #begin}, {@link #publish} and {@link
 * #heartbeat} belong to the readers' thread; the rest is thread-safe.
 */
public final class OperatorStreams {
  private static final double HEARTBEAT_SECONDS = 15;
  private static final Event HEARTBEAT = Event.newBuilder().setType(Event.Type.HEARTBEAT).build();

  private record Waiting(StreamSink sink, MediaType type, Visible visible) {}

  private final Authorizer authorizer;
  private final int streamsMax;
  // HTTP threads add, the readers' thread takes.
  private final Map<StreamId, Waiting> opened = new ConcurrentHashMap<>();
  // The readers' thread changes it, metrics count it. Oldest first.
  private final Map<StreamId, Waiting> following =
      Collections.synchronizedMap(new LinkedHashMap<>());

  // Whoever cuts the streams writes it, HTTP threads read it.
  private volatile boolean cut;

  /** Whom frameworks run as: an event about a task names its framework only by id. */
  private final Map<FrameworkId, FrameworkInfo> infos = new LinkedHashMap<>();

  public OperatorStreams(Authorizer authorizer, int streamsMax) {
    this.authorizer = authorizer;
    this.streamsMax = streamsMax;
  }

  void open(StreamId stream, StreamSink sink, MediaType type, Optional<Principal> principal) {
    opened.put(stream, new Waiting(sink, type, new Visible(authorizer, principal)));
    if (cut) {
      sink.close();
    }
  }

  void ended(StreamId stream) {
    opened.remove(stream);
    following.remove(stream);
  }

  /** Ends all streams: what they would be told from now on is another master's to tell. */
  public void cut() {
    cut = true;
    opened.values().forEach(waiting -> waiting.sink().close());
    Map.copyOf(following).values().forEach(follower -> follower.sink().close());
  }

  /** How many follow. */
  public int size() {
    return following.size();
  }

  /** Sends the state, from which on events follow. */
  public void begin(StreamId stream, MasterSnapshot snapshot) {
    Waiting to = opened.remove(stream);
    if (to == null) {
      return; // it ended while it waited
    }
    infos.clear();
    snapshot.frameworks().values().forEach(view -> infos.put(view.id(), view.info()));
    Event event =
        Event.newBuilder()
            .setType(Event.Type.SUBSCRIBED)
            .setSubscribed(
                Event.Subscribed.newBuilder()
                    .setGetState(OperatorMessages.state(to.visible().of(snapshot)))
                    .setHeartbeatIntervalSeconds(HEARTBEAT_SECONDS))
            .build();
    following.put(stream, to);
    to.sink().send(RecordIo.frame(to.type().encode(event)));
    while (following.size() > streamsMax) {
      StreamId oldest = following.keySet().iterator().next();
      Waiting last = following.remove(oldest);
      if (last != null) {
        last.sink().close();
      }
    }
  }

  /** Sends a sign of life; false if the stream has ended. */
  public boolean heartbeat(StreamId stream) {
    Waiting to = following.get(stream);
    return to != null && to.sink().send(RecordIo.frame(to.type().encode(HEARTBEAT)));
  }

  public void publish(ClusterEvent event) {
    remember(event);
    Map<MediaType, byte[]> rendered = new EnumMap<>(MediaType.class);
    for (Waiting to : Map.copyOf(following).values()) {
      if (event instanceof ClusterEvent.AgentAdded(var agent) && !to.visible().isEverything()) {
        Event own = message(new ClusterEvent.AgentAdded(to.visible().alone(agent)));
        to.sink().send(RecordIo.frame(to.type().encode(own)));
      } else if (isVisible(event, to.visible())) {
        to.sink()
            .send(
                rendered.computeIfAbsent(
                    to.type(), type -> RecordIo.frame(type.encode(message(event)))));
      }
    }
  }

  private void remember(ClusterEvent event) {
    if (event instanceof ClusterEvent.FrameworkAdded(FrameworkView framework)) {
      infos.put(framework.id(), framework.info());
    } else if (event instanceof ClusterEvent.FrameworkUpdated(FrameworkView framework)) {
      infos.put(framework.id(), framework.info());
    }
  }

  private boolean isVisible(ClusterEvent event, Visible visible) {
    return switch (event) {
      case ClusterEvent.TaskAdded(var task) -> visible.task(task, info(task.framework()));
      case ClusterEvent.TaskUpdated(var task, _, _) -> visible.task(task, info(task.framework()));
      case ClusterEvent.AgentAdded _, ClusterEvent.AgentRemoved _ -> true;
      case ClusterEvent.FrameworkAdded(var framework) -> visible.framework(framework.info());
      case ClusterEvent.FrameworkUpdated(var framework) -> visible.framework(framework.info());
      case ClusterEvent.FrameworkRemoved(var info) -> visible.framework(info);
    };
  }

  private FrameworkInfo info(FrameworkId framework) {
    return infos.getOrDefault(framework, FrameworkInfo.getDefaultInstance());
  }

  private static Event message(ClusterEvent event) {
    Event.Builder message = Event.newBuilder();
    switch (event) {
      case ClusterEvent.TaskAdded(var task) ->
          message
              .setType(Event.Type.TASK_ADDED)
              .setTaskAdded(Event.TaskAdded.newBuilder().setTask(OperatorMessages.task(task)));
      case ClusterEvent.TaskUpdated(var task, var status, var latest) ->
          message
              .setType(Event.Type.TASK_UPDATED)
              .setTaskUpdated(
                  Event.TaskUpdated.newBuilder()
                      .setFrameworkId(FrameworkID.newBuilder().setValue(task.framework().value()))
                      .setStatus(status)
                      .setState(latest));
      case ClusterEvent.AgentAdded(var agent) ->
          message
              .setType(Event.Type.AGENT_ADDED)
              .setAgentAdded(Event.AgentAdded.newBuilder().setAgent(OperatorMessages.agent(agent)));
      case ClusterEvent.AgentRemoved(var agent) ->
          message
              .setType(Event.Type.AGENT_REMOVED)
              .setAgentRemoved(
                  Event.AgentRemoved.newBuilder()
                      .setAgentId(AgentID.newBuilder().setValue(agent.value())));
      case ClusterEvent.FrameworkAdded(var framework) ->
          message
              .setType(Event.Type.FRAMEWORK_ADDED)
              .setFrameworkAdded(
                  Event.FrameworkAdded.newBuilder()
                      .setFramework(OperatorMessages.framework(framework)));
      case ClusterEvent.FrameworkUpdated(var framework) ->
          message
              .setType(Event.Type.FRAMEWORK_UPDATED)
              .setFrameworkUpdated(
                  Event.FrameworkUpdated.newBuilder()
                      .setFramework(OperatorMessages.framework(framework)));
      case ClusterEvent.FrameworkRemoved(var info) ->
          message
              .setType(Event.Type.FRAMEWORK_REMOVED)
              .setFrameworkRemoved(Event.FrameworkRemoved.newBuilder().setFrameworkInfo(info));
    }
    return message.build();
  }
}
