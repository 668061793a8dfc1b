package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import java.util.Map;

/**
 * Writes app definitions. What is not set is left out; lists and maps that have a default are
 * there, if empty (row H6).
 */
public final class AppWriter {
  private AppWriter() {}

  public static ObjectNode write(AppDefinition app) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", app.id().path());
    app.cmd().ifPresent(cmd -> json.put("cmd", cmd));
    if (!app.args().isEmpty()) {
      putTexts(json, "args", app.args());
    }
    app.user().ifPresent(user -> json.put("user", user));
    app.role().ifPresent(role -> json.put("role", role));
    AppSecrets.write(app, json);
    putTexts(json, "labels", app.labels());
    json.put("instances", app.instances());
    AppResources.write(app, json);
    FetchReader.write(app.fetch(), json.putArray("fetch"));
    ArrayNode constraints = json.putArray("constraints");
    app.constraints().forEach(constraint -> write(constraint, constraints.addArray()));
    if (!app.acceptedResourceRoles().isEmpty()) {
      putTexts(json, "acceptedResourceRoles", app.acceptedResourceRoles());
    }
    writeNetworking(app, json);
    ArrayNode healthChecks = json.putArray("healthChecks");
    app.healthChecks().forEach(check -> write(check, healthChecks.addObject()));
    app.check().ifPresent(check -> CheckReader.write(check, json.putObject("check")));
    ArrayNode readinessChecks = json.putArray("readinessChecks");
    app.readinessChecks()
        .forEach(check -> CheckReadinessReader.write(check, readinessChecks.addObject()));
    app.tty().ifPresent(tty -> json.put("tty", tty));
    AppBehaviourWriter.write(app, json);
    json.put("version", Timestamps.format(app.version()));
    json.putObject("versionInfo")
        .put("lastScalingAt", Timestamps.format(app.versionInfo().lastScalingAt()))
        .put("lastConfigChangeAt", Timestamps.format(app.versionInfo().lastConfigChangeAt()));
    return json;
  }

  private static void writeNetworking(AppDefinition app, ObjectNode json) {
    boolean host = app.networkMode() == Network.Mode.HOST;
    app.container().ifPresent(container -> write(container, host, json.putObject("container")));
    ArrayNode networks = json.putArray("networks");
    for (Network network : app.networks()) {
      ObjectNode into = networks.addObject().put("mode", network.mode().text());
      network.name().ifPresent(name -> into.put("name", name));
      if (!network.labels().isEmpty()) {
        putTexts(into, "labels", network.labels());
      }
    }
    if (host) {
      ArrayNode definitions = json.putArray("portDefinitions");
      for (PortDefinition definition : app.portDefinitions()) {
        NetworkReader.write(definition, definitions.addObject());
      }
    }
    json.put("requirePorts", app.requirePorts());
  }

  static void write(Constraint constraint, ArrayNode into) {
    into.add(constraint.field()).add(constraint.operator().name());
    constraint.value().ifPresent(into::add);
  }

  private static void write(Container container, boolean host, ObjectNode into) {
    into.put("type", container.type().name());
    container.docker().ifPresent(docker -> write(docker, into.putObject("docker")));
    VolumeWriter.write(container.volumes(), into.putArray("volumes"));
    container
        .linuxInfo()
        .ifPresent(info -> LinuxInfoReader.write(info, into.putObject("linuxInfo")));
    if (!host) {
      ArrayNode mappings = into.putArray("portMappings");
      container.portMappings().forEach(one -> NetworkReader.write(one, mappings.addObject()));
    }
  }

  private static void write(Container.Docker docker, ObjectNode into) {
    into.put("image", docker.image());
    into.put("forcePullImage", docker.forcePullImage());
    into.put("privileged", docker.privileged());
    ArrayNode parameters = into.putArray("parameters");
    docker
        .parameters()
        .forEach(one -> parameters.addObject().put("key", one.key()).put("value", one.value()));
    docker.pullSecret().ifPresent(secret -> into.putObject("pullConfig").put("secret", secret));
  }

  /** Also what events show of a health check. */
  public static void write(HealthCheck check, ObjectNode into) {
    into.put("protocol", check.kind().name());
    check.path().ifPresent(path -> into.put("path", path));
    check.portIndex().ifPresent(index -> into.put("portIndex", index));
    check.port().ifPresent(port -> into.put("port", port));
    check.command().ifPresent(command -> into.putObject("command").put("value", command));
    into.put("gracePeriodSeconds", check.gracePeriod().toSeconds());
    into.put("intervalSeconds", check.interval().toSeconds());
    into.put("timeoutSeconds", check.timeout().toSeconds());
    into.put("maxConsecutiveFailures", check.maxConsecutiveFailures());
    into.put("delaySeconds", check.delay().toSeconds());
    into.put("ignoreHttp1xx", check.ignoreHttp1xx());
    into.put("ipProtocol", check.ipv6() ? "IPv6" : "IPv4");
  }

  static void putTexts(ObjectNode into, String name, Iterable<String> texts) {
    ArrayNode array = into.putArray(name);
    texts.forEach(array::add);
  }

  static void putTexts(ObjectNode into, String name, Map<String, String> texts) {
    ObjectNode object = into.putObject(name);
    texts.forEach(object::put);
  }

  /** Whole numbers go without a fraction, as the original writes them. */
  static void putNumber(ObjectNode into, String name, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      into.put(name, (long) value);
    } else {
      into.put(name, value);
    }
  }
}
