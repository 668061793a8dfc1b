package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodContainer.Image;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ResourceLimits;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.TaskCheck.Probe;
import java.util.List;
import java.util.OptionalDouble;

/** Writes one container of a pod. */
final class PodContainerWriter {
  private PodContainerWriter() {}

  static void write(PodContainer container, ObjectNode into) {
    into.put("name", container.name());
    container
        .exec()
        .ifPresent(command -> {
          ObjectNode exec = into.putObject("exec");
          write(command, exec);
          container
              .overrideEntrypoint()
              .ifPresent(override -> exec.put("overrideEntrypoint", override));
        });
    ObjectNode resources = into.putObject("resources");
    putResources(resources, container.cpus(), container.mem(), container.disk(), container.gpus());
    if (!container.limits().equals(ResourceLimits.NONE)) {
      ObjectNode limits = into.putObject("resourceLimits");
      putLimit(limits, "cpus", container.limits().cpus());
      putLimit(limits, "mem", container.limits().mem());
    }
    ArrayNode endpoints = into.putArray("endpoints");
    container.endpoints().forEach(endpoint -> write(endpoint, endpoints.addObject()));
    container.image().ifPresent(image -> write(image, into.putObject("image")));
    PodWriter.putEnvironment(into, container.env(), container.secretEnv());
    container.user().ifPresent(user -> into.put("user", user));
    AppWriter.putTexts(into, "labels", container.labels());
    ArrayNode artifacts = into.putArray("artifacts");
    container.artifacts().forEach(artifact -> write(artifact, artifacts.addObject()));
    if (container.tty()) {
      into.put("tty", true);
    }
    container
        .healthCheck()
        .ifPresent(health -> {
          ObjectNode check = into.putObject("healthCheck");
          write(health.check(), check);
          PodWriter.putSeconds(check, "gracePeriodSeconds", health.gracePeriod());
          check.put("maxConsecutiveFailures", health.maxConsecutiveFailures());
        });
    container.check().ifPresent(check -> write(check, into.putObject("check")));
    ArrayNode mounts = into.putArray("volumeMounts");
    container.volumeMounts().forEach(mount -> write(mount, mounts.addObject()));
    container
        .killGracePeriod()
        .ifPresent(grace ->
            PodWriter.putSeconds(into.putObject("lifecycle"), "killGracePeriodSeconds", grace));
    PodLinuxInfo.write(container.linuxInfo(), into);
  }

  /**
   * @param mem megabytes
   * @param disk megabytes
   */
  static void putResources(ObjectNode into, double cpus, double mem, double disk, int gpus) {
    AppWriter.putNumber(into, "cpus", cpus);
    AppWriter.putNumber(into, "mem", mem);
    AppWriter.putNumber(into, "disk", disk);
    into.put("gpus", gpus);
  }

  private static void putLimit(ObjectNode into, String name, OptionalDouble limit) {
    if (limit.isPresent() && Double.isInfinite(limit.getAsDouble())) {
      into.put(name, "unlimited");
    } else if (limit.isPresent()) {
      AppWriter.putNumber(into, name, limit.getAsDouble());
    }
  }

  private static void write(CommandLine command, ObjectNode owner) {
    ObjectNode into = owner.putObject("command");
    switch (command) {
      case CommandLine.Shell(String text) -> into.put("shell", text);
      case CommandLine.Argv(List<String> arguments) -> AppWriter.putTexts(into, "argv", arguments);
    }
  }

  private static void write(Endpoint endpoint, ObjectNode into) {
    into.put("name", endpoint.name());
    endpoint.containerPort().ifPresent(port -> into.put("containerPort", port));
    endpoint.hostPort().ifPresent(port -> into.put("hostPort", port));
    AppWriter.putTexts(
        into, "protocol", endpoint.protocols().stream().map(Protocol::text).toList());
    AppWriter.putTexts(into, "labels", endpoint.labels());
    if (!endpoint.networkNames().isEmpty()) {
      AppWriter.putTexts(into, "networkNames", endpoint.networkNames());
    }
  }

  private static void write(Image image, ObjectNode into) {
    into.put("kind", "DOCKER").put("id", image.id());
    image.pullSecret().ifPresent(secret -> into.putObject("pullConfig").put("secret", secret));
    into.put("forcePull", image.forcePull());
    AppWriter.putTexts(into, "labels", image.labels());
  }

  private static void write(Artifact artifact, ObjectNode into) {
    into.put("uri", artifact.uri());
    into.put("extract", artifact.extract());
    into.put("executable", artifact.executable());
    into.put("cache", artifact.cache());
    artifact.destPath().ifPresent(path -> into.put("destPath", path));
  }

  private static void write(Mount mount, ObjectNode into) {
    into.put("name", mount.volume()).put("mountPath", mount.mountPath());
    mount.readOnly().ifPresent(readOnly -> into.put("readOnly", readOnly));
  }

  private static void write(TaskCheck check, ObjectNode into) {
    switch (check.probe()) {
      case Probe.Http(PortReference port, String path, boolean https) ->
          into.putObject("http")
              .put("endpoint", endpoint(port))
              .put("path", path)
              .put("scheme", https ? "HTTPS" : "HTTP");
      case Probe.Tcp(PortReference port) -> into.putObject("tcp").put("endpoint", endpoint(port));
      case Probe.Exec(CommandLine command) -> write(command, into.putObject("exec"));
    }
    PodWriter.putSeconds(into, "intervalSeconds", check.interval());
    PodWriter.putSeconds(into, "timeoutSeconds", check.timeout());
    PodWriter.putSeconds(into, "delaySeconds", check.delay());
  }

  private static String endpoint(PortReference port) {
    return switch (port) {
      case PortReference.Endpoint(String name) -> name;
      case PortReference.Index(int index) -> Integer.toString(index);
      case PortReference.Number(int number) -> Integer.toString(number);
    };
  }
}
