package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodContainer.Image;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ResourceLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Reads and checks one container of a pod (contracts/marathon-pods.md §3). */
final class PodContainerReader {
  private static final int PORT_MAX = 65535;
  private static final int URI_LENGTH_MAX = 1024;

  /** The smallest part of a resource that Mesos counts. */
  private static final double SCALAR_MIN = 0.001;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private PodContainerReader() {}

  static PodContainer read(Fields fields) {
    Optional<Fields> exec = fields.object("exec");
    PodReader.Environment environment = PodReader.Environment.of(fields);
    Fields resources = fields.objectOrEmpty("resources");
    if (!fields.has("resources")) {
      fields.problems().wrongType(fields.pathOf("resources"), "error.path.missing");
    }
    return new PodContainer(
        name(fields),
        exec.flatMap(PodContainerReader::command),
        exec.filter(given -> given.has("overrideEntrypoint"))
            .map(given -> given.bool("overrideEntrypoint", false)),
        resources.number("cpus", SCALAR_MIN, Scalar.AMOUNT_MAX).orElse(1.0),
        resources.number("mem", SCALAR_MIN, Scalar.AMOUNT_MAX).orElse(128.0),
        resources.number("disk", 0, Scalar.AMOUNT_MAX).orElse(0.0),
        resources.integer("gpus", 0).orElse(0),
        limits(fields),
        endpoints(fields),
        fields.object("image").map(PodContainerReader::image),
        environment.values(),
        environment.secrets(),
        fields.text("user"),
        fields.textsByName("labels"),
        artifacts(fields),
        fields.bool("tty", false),
        fields.object("healthCheck").flatMap(PodCheckReader::health),
        fields.object("check").flatMap(PodCheckReader::check),
        mounts(fields),
        fields
            .object("lifecycle")
            .flatMap(given -> PodSchedulingReader.seconds(given, "killGracePeriodSeconds")),
        PodLinuxInfo.read(fields));
  }

  /** A name as a label of DNS: it gets into task ids and folders. */
  static String name(Fields fields) {
    String name = fields.requiredText("name");
    if (fields.has("name")) {
      fields
          .problems()
          .ruleUnless(
              NAME.matcher(name).matches(),
              fields.pathOf("name"),
              "must fully match regular expression '" + NAME.pattern() + "'");
    }
    return name;
  }

  /**
   * @param owner has it as {@code command}
   */
  static Optional<CommandLine> command(Fields owner) {
    Optional<Fields> command = owner.object("command");
    if (!owner.has("command")) {
      owner.problems().wrongType(owner.pathOf("command"), "error.path.missing");
    }
    return command.flatMap(fields -> {
      Optional<String> shell = fields.text("shell");
      Optional<List<String>> argv = fields.texts("argv");
      fields
          .problems()
          .ruleUnless(
              fields.has("shell") != fields.has("argv"),
              fields.path(),
              "must have either shell or argv");
      fields
          .problems()
          .ruleUnless(
              shell.filter(String::isEmpty).isEmpty() && argv.filter(List::isEmpty).isEmpty(),
              fields.path(),
              "must not be empty");
      return shell
          .<CommandLine>map(CommandLine.Shell::new)
          .or(() -> argv.map(CommandLine.Argv::new));
    });
  }

  private static ResourceLimits limits(Fields container) {
    return container
        .object("resourceLimits")
        .map(limits -> new ResourceLimits(limit(limits, "cpus"), limit(limits, "mem")))
        .orElse(ResourceLimits.NONE);
  }

  private static OptionalDouble limit(Fields limits, String name) {
    JsonNode node = limits.node().path(name);
    if (node.isTextual()) {
      limits
          .problems()
          .ruleUnless(
              node.textValue().equalsIgnoreCase("unlimited"),
              limits.pathOf(name),
              "got " + node.textValue() + ", expected a number or unlimited");
      return OptionalDouble.of(Double.POSITIVE_INFINITY);
    }
    return limits
        .number(name)
        .map(given -> OptionalDouble.of(given))
        .orElse(OptionalDouble.empty());
  }

  private static List<Endpoint> endpoints(Fields container) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Fields fields : container.objects("endpoints").orElse(List.of())) {
      endpoints.add(
          new Endpoint(
              name(fields),
              port(fields, "containerPort"),
              port(fields, "hostPort"),
              protocols(fields),
              fields.textsByName("labels"),
              fields.texts("networkNames").orElse(List.of())));
    }
    return endpoints;
  }

  private static Optional<Integer> port(Fields fields, String name) {
    Optional<Integer> port = fields.integer(name);
    port.ifPresent(given ->
        fields
            .problems()
            .ruleUnless(
                given >= 0 && given <= PORT_MAX,
                fields.pathOf(name),
                "got " + given + ", expected a port from 0 to " + PORT_MAX));
    return port;
  }

  /** Without a word, tcp. */
  private static List<Protocol> protocols(Fields endpoint) {
    List<Protocol> protocols = new ArrayList<>();
    for (String given : endpoint.texts("protocol").orElse(List.of())) {
      Protocol protocol =
          given.toLowerCase(Locale.ROOT).equals("udp") ? Protocol.UDP : Protocol.TCP;
      endpoint
          .problems()
          .ruleUnless(
              given.equalsIgnoreCase(protocol.text()),
              endpoint.pathOf("protocol"),
              "got " + given + ", expected tcp or udp");
      endpoint
          .problems()
          .ruleUnless(
              !protocols.contains(protocol),
              endpoint.pathOf("protocol"),
              protocol.text() + " is there twice");
      protocols.add(protocol);
    }
    return protocols.isEmpty() ? List.of(Protocol.TCP) : protocols;
  }

  private static Image image(Fields fields) {
    String kind = fields.requiredText("kind");
    String id = fields.requiredText("id");
    Problems problems = fields.problems();
    if (fields.has("kind")) {
      problems.ruleUnless(
          kind.equalsIgnoreCase("DOCKER"),
          fields.pathOf("kind"),
          "got " + kind + ", expected DOCKER");
    }
    if (fields.has("id")) {
      problems.ruleUnless(!id.isEmpty(), fields.pathOf("id"), "must not be empty");
    }
    return new Image(
        id,
        fields.object("pullConfig").map(given -> given.requiredText("secret")),
        fields.bool("forcePull", false),
        fields.textsByName("labels"));
  }

  private static List<Artifact> artifacts(Fields container) {
    List<Artifact> artifacts = new ArrayList<>();
    for (Fields fields : container.objects("artifacts").orElse(List.of())) {
      String uri = fields.requiredText("uri");
      if (fields.has("uri")) {
        fields
            .problems()
            .ruleUnless(
                !uri.isEmpty() && uri.length() <= URI_LENGTH_MAX,
                fields.pathOf("uri"),
                "got " + uri.length() + " characters, expected 1 to " + URI_LENGTH_MAX);
      }
      artifacts.add(
          new Artifact(
              uri,
              fields.bool("extract", true),
              fields.bool("executable", false),
              fields.bool("cache", false),
              fields.text("destPath")));
    }
    return artifacts;
  }

  private static List<Mount> mounts(Fields container) {
    List<Mount> mounts = new ArrayList<>();
    for (Fields fields : container.objects("volumeMounts").orElse(List.of())) {
      String mountPath = fields.requiredText("mountPath");
      if (fields.has("mountPath")) {
        fields
            .problems()
            .ruleUnless(!mountPath.isEmpty(), fields.pathOf("mountPath"), "must not be empty");
      }
      mounts.add(
          new Mount(
              fields.requiredText("name"),
              mountPath,
              fields.has("readOnly")
                  ? Optional.of(fields.bool("readOnly", false))
                  : Optional.empty()));
    }
    return mounts;
  }
}
