package io.mesocosm.framework;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;

/**
 * What an agent that has restarted must be told: the updates that it has not acknowledged, and the
 * tasks of which no update has been. One thread at a time.
 */
final class UnacknowledgedWork {
  private final Map<TaskID, TaskInfo> tasks = new LinkedHashMap<>();
  private final Map<ByteString, TaskStatus> updates = new LinkedHashMap<>();
  private final Set<ByteString> told = new LinkedHashSet<>();

  void launched(List<TaskInfo> launched) {
    launched.forEach(task -> tasks.put(task.getTaskId(), task));
  }

  void updated(TaskStatus status) {
    updates.put(status.getUuid(), status);
  }

  void acknowledged(TaskID task, ByteString uuid) {
    updates.remove(uuid);
    told.remove(uuid);
    tasks.remove(task);
  }

  /** Everything, for a SUBSCRIBE. */
  Call.Subscribe subscribe() {
    told.addAll(updates.keySet());
    Call.Subscribe.Builder subscribe =
        Call.Subscribe.newBuilder().addAllUnacknowledgedTasks(tasks.values());
    updates.values().forEach(status -> subscribe.addUnacknowledgedUpdates(update(status)));
    return subscribe.build();
  }

  /** The updates since the last SUBSCRIBE was made, which nobody has sent. */
  List<TaskStatus> untold() {
    List<TaskStatus> untold =
        updates.values().stream().filter(status -> !told.contains(status.getUuid())).toList();
    untold.forEach(status -> told.add(status.getUuid()));
    return untold;
  }

  static Call.Update update(TaskStatus status) {
    return Call.Update.newBuilder().setStatus(status).build();
  }
}
