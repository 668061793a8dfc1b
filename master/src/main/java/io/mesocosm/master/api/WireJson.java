package io.mesocosm.master.api;

import com.google.protobuf.Message;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.MesosJson;
import java.time.Instant;
import java.util.List;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Pieces of wire messages in the forms that the legacy endpoints give them. */
final class WireJson {
  private WireJson() {}

  /** Seconds since 1970 with a fraction. */
  static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }

  /** The message as Mesos prints it. */
  static void message(JsonWriter json, String name, Message message) {
    json.name(name);
    MesosJson.write(message, json);
  }

  /** A list of {@code {key, value}}, or nothing when there are none. */
  static void labels(JsonWriter json, Labels labels) {
    if (labels.getLabelsCount() == 0) {
      return;
    }
    json.name("labels").beginArray();
    labels.getLabelsList().forEach(label -> MesosJson.write(label, json));
    json.endArray();
  }

  static void capabilities(JsonWriter json, List<FrameworkInfo.Capability> capabilities) {
    json.name("capabilities").beginArray();
    capabilities.forEach(capability -> json.value(capability.getType().name()));
    json.endArray();
  }

  /** With {@code argv} and {@code uris} even where there are none. */
  static void command(JsonWriter json, CommandInfo command) {
    json.name("command").beginObject();
    if (command.hasShell()) {
      json.field("shell", command.getShell());
    }
    if (command.hasValue()) {
      json.field("value", command.getValue());
    }
    json.name("argv").beginArray();
    command.getArgumentsList().forEach(json::value);
    json.endArray();
    if (command.hasEnvironment()) {
      message(json, "environment", command.getEnvironment());
    }
    json.name("uris").beginArray();
    for (CommandInfo.URI uri : command.getUrisList()) {
      json.beginObject()
          .field("value", uri.getValue())
          .field("executable", uri.getExecutable())
          .endObject();
    }
    json.endArray().endObject();
  }

  static void statuses(JsonWriter json, List<TaskStatus> statuses) {
    json.name("statuses").beginArray();
    for (TaskStatus status : statuses) {
      json.beginObject();
      json.field("state", status.getState().name());
      json.field("timestamp", status.getTimestamp());
      labels(json, status.getLabels());
      if (status.hasContainerStatus()) {
        message(json, "container_status", status.getContainerStatus());
      }
      if (status.hasHealthy()) {
        json.field("healthy", status.getHealthy());
      }
      json.endObject();
    }
    json.endArray();
  }
}
