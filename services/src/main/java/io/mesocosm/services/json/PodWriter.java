package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * Writes pod definitions. What is not set is left out; lists and maps that have a default are
 * there, if empty (row H6).
 */
public final class PodWriter {
  private PodWriter() {}

  /** As the API shows it. */
  public static ObjectNode write(PodDefinition pod) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", pod.id().path());
    json.put("version", Timestamps.format(pod.version()));
    pod.user().ifPresent(user -> json.put("user", user));
    pod.role().ifPresent(role -> json.put("role", role));
    AppWriter.putTexts(json, "labels", pod.labels());
    putEnvironment(json, pod.env(), pod.secretEnv());
    ArrayNode containers = json.putArray("containers");
    pod.containers()
        .forEach(container -> PodContainerWriter.write(container, containers.addObject()));
    ObjectNode secrets = json.putObject("secrets");
    pod.secrets().forEach((name, source) -> secrets.putObject(name).put("source", source));
    ArrayNode volumes = json.putArray("volumes");
    pod.volumes().forEach(volume -> write(volume, volumes.addObject()));
    ArrayNode networks = json.putArray("networks");
    pod.networks().forEach(network -> write(network, networks.addObject()));
    json.putObject("scaling").put("kind", "fixed").put("instances", pod.instances());
    write(pod.scheduling(), json.putObject("scheduling"));
    ObjectNode executor = json.putObject("executorResources");
    AppWriter.putNumber(executor, "cpus", pod.executorResources().cpus());
    AppWriter.putNumber(executor, "mem", pod.executorResources().mem());
    AppWriter.putNumber(executor, "disk", pod.executorResources().disk());
    PodLinuxInfo.write(pod.linuxInfo(), json);
    json.put("legacySharedCgroups", pod.legacySharedCgroups());
    return json;
  }

  /** For records: points in time keep all their digits. */
  public static ObjectNode writeStored(PodDefinition pod) {
    ObjectNode json = write(pod);
    json.put("version", pod.version().toString());
    json.putObject("versionInfo")
        .put("lastScalingAt", pod.versionInfo().lastScalingAt().toString())
        .put("lastConfigChangeAt", pod.versionInfo().lastConfigChangeAt().toString());
    return json;
  }

  static void putEnvironment(
      ObjectNode into, SortedMap<String, String> values, SortedMap<String, String> secrets) {
    ObjectNode environment = into.putObject("environment");
    values.forEach(environment::put);
    secrets.forEach((name, secret) -> environment.putObject(name).put("secret", secret));
  }

  /** With a fraction only if there is one. */
  static void putSeconds(ObjectNode into, String name, Duration duration) {
    AppWriter.putNumber(into, name, duration.toMillis() / 1000.0);
  }

  private static void write(Network network, ObjectNode into) {
    into.put("mode", network.mode().text());
    network.name().ifPresent(name -> into.put("name", name));
    if (!network.labels().isEmpty()) {
      AppWriter.putTexts(into, "labels", network.labels());
    }
  }

  private static void write(Volume volume, ObjectNode into) {
    into.put("name", volume.containerPath());
    switch (volume) {
      case Volume.Ephemeral _ -> {
        // a name alone says that it is one
      }
      case Volume.Host host -> into.put("host", host.hostPath());
      case Volume.SecretFile secret -> into.put("secret", secret.secret());
      case Volume.Persistent persistent -> write(persistent, into.putObject("persistent"));
      case Volume.External external ->
          throw new IllegalStateException(
              "a pod has no external volumes, got " + external.containerPath());
    }
  }

  private static void write(Volume.Persistent volume, ObjectNode into) {
    into.put("type", volume.type().name().toLowerCase(Locale.ROOT));
    into.put("size", volume.size());
    volume.sizeMax().ifPresent(max -> into.put("maxSize", max));
    volume.profileName().ifPresent(name -> into.put("profileName", name));
    ArrayNode constraints = into.putArray("constraints");
    for (Constraint constraint : volume.constraints()) {
      ArrayNode words = constraints.addArray();
      words.add(constraint.field()).add(constraint.operator().name());
      constraint.value().ifPresent(words::add);
    }
  }

  private static void write(Scheduling scheduling, ObjectNode into) {
    ObjectNode backoff = into.putObject("backoff");
    putSeconds(backoff, "backoff", scheduling.backoff());
    AppWriter.putNumber(backoff, "backoffFactor", scheduling.backoffFactor());
    putSeconds(backoff, "maxLaunchDelay", scheduling.maxLaunchDelay());
    ObjectNode upgrade = into.putObject("upgrade");
    AppWriter.putNumber(
        upgrade, "minimumHealthCapacity", scheduling.upgrade().minimumHealthCapacity());
    AppWriter.putNumber(upgrade, "maximumOverCapacity", scheduling.upgrade().maximumOverCapacity());
    if (scheduling.upgrade().waitForRouting()) {
      upgrade.put("waitForRouting", true);
    }
    ObjectNode placement = into.putObject("placement");
    writeConstraints(scheduling.constraints(), placement.putArray("constraints"));
    AppWriter.putTexts(placement, "acceptedResourceRoles", scheduling.acceptedResourceRoles());
    into.put("killSelection", scheduling.killSelection().name());
    switch (scheduling.unreachableStrategy()) {
      case UnreachableStrategy.Disabled() -> into.put("unreachableStrategy", "disabled");
      case UnreachableStrategy.Enabled(Duration inactive, Duration expunge) -> {
        ObjectNode strategy = into.putObject("unreachableStrategy");
        putSeconds(strategy, "inactiveAfterSeconds", inactive);
        putSeconds(strategy, "expungeAfterSeconds", expunge);
      }
    }
    LaunchLimit limit = scheduling.launchLimit();
    if (limit.isLimited()) {
      into.put("maxLaunchAttempts", limit.attemptsMax()).put("rollbackOnFailure", limit.rollback());
    }
  }

  private static void writeConstraints(List<Constraint> constraints, ArrayNode into) {
    for (Constraint constraint : constraints) {
      ObjectNode json =
          into.addObject()
              .put("fieldName", constraint.field())
              .put("operator", constraint.operator().name());
      constraint.value().ifPresent(value -> json.put("value", value));
    }
  }
}
