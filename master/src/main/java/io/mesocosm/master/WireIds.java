package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.TaskID;

/** Ids off the wire, to look things up by. What cannot be an id names nothing that we know. */
final class WireIds {
  private WireIds() {}

  static Optional<TaskId> task(TaskID id) {
    return valid(id.getValue()).map(TaskId::new);
  }

  static Optional<AgentId> agent(AgentID id) {
    return valid(id.getValue()).map(AgentId::new);
  }

  static Optional<String> valid(String value) {
    return Identifiers.problem(value).isEmpty() ? Optional.of(value) : Optional.empty();
  }
}
