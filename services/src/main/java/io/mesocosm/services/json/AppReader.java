package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.VersionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads app definitions (contracts/marathon-api.md §4 to §7): old forms are rewritten, defaults
 * filled in, rules checked. Fields that nobody knows are passed over, as the original does.
 */
public final class AppReader {
  /** What the JSON library says of a field that must be there. */
  private static final String MISSING = "error.path.missing";

  /** Below this, defaults that are filled in cannot make a definition too large to be stored. */
  private static final int SMALL_MAX = AppLimits.SIZE_MAX / 100;

  private final AppSettings settings;

  /**
   * @param defaultRole of apps that name none
   */
  public AppReader(String defaultRole) {
    this(AppSettings.of(defaultRole));
  }

  public AppReader(AppSettings settings) {
    this.settings = settings;
  }

  AppSettings settings() {
    return settings;
  }

  /** One that judges roles otherwise, e.g. by groups that enforce theirs. */
  public AppReader withRoles(AppRoles roles) {
    return new AppReader(settings.withRoles(roles));
  }

  /**
   * Reads a definition as a client writes it.
   *
   * @throws InvalidRequestException with everything that is wrong with it
   */
  public AppDefinition read(JsonNode json) {
    int bytes = AppLimits.check(json);
    Problems problems = new Problems();
    Fields fields = objectOf(json, problems);
    AppLimits.checkEntries(fields);
    problems.throwIfAny();
    OldForms.rewrite(fields, settings);
    if (!fields.has("id")) {
      problems.wrongType("/id", MISSING);
    }
    problems.ruleUnless(
        isPlain(fields.text("id").orElse("")), "/id", "must not have the segments . and ..");
    AppDefinition app = fromFields(fields);
    problems.throwIfUnreadable();
    AppRules.check(app, settings.roles(), problems);
    problems.throwIfAny();
    if (bytes > SMALL_MAX) {
      AppLimits.checkStored(app);
    }
    return app;
  }

  /** An id leads from the root to its app, by no detours. */
  private static boolean isPlain(String id) {
    List<String> segments = List.of(id.split("/", -1));
    return !segments.contains(".") && !segments.contains("..");
  }

  /**
   * Reads a definition that was written by {@link AppWriter}, version and all. It was valid when it
   * was stored, and rules that came since do not unmake it.
   */
  AppDefinition readStored(JsonNode json) {
    Problems problems = new Problems();
    Fields fields = objectOf(json, problems);
    AppDefinition app = fromFields(fields);
    Fields info = fields.objectOrEmpty("versionInfo");
    Instant version = timestamp(fields, "version");
    VersionInfo versionInfo =
        new VersionInfo(timestamp(info, "lastScalingAt"), timestamp(info, "lastConfigChangeAt"));
    problems.throwIfAny();
    return app.withVersion(version, versionInfo);
  }

  private static Instant timestamp(Fields fields, String name) {
    Optional<Instant> instant = Timestamps.parse(fields.requiredText(name));
    if (instant.isEmpty()) {
      fields.problems().wrongType(fields.pathOf(name), "error.expected.date.isoformat");
    }
    return instant.orElse(AppDefinition.UNVERSIONED);
  }

  private static Fields objectOf(JsonNode json, Problems problems) {
    if (json instanceof ObjectNode object) {
      return new Fields(object.deepCopy(), "", problems);
    }
    problems.wrongType("/", "error.expected.jsobject");
    problems.throwIfUnreadable();
    throw new IllegalStateException("unreachable: the problem above was thrown");
  }

  private AppDefinition fromFields(Fields fields) {
    AppId id = new AppId(fields.text("id").orElse("/"));
    AppDefinitionBuilder app =
        AppDefinition.builder(id)
            .cmd(fields.text("cmd"))
            .args(fields.texts("args").orElse(List.of()))
            .user(fields.text("user"))
            .role(Optional.of(fields.text("role").orElseGet(() -> settings.roles().usualFor(id))))
            .labels(fields.textsByName("labels"))
            .constraints(ConstraintReader.read(fields))
            .fetch(FetchReader.read(fields, "fetch"))
            .requirePorts(fields.bool("requirePorts", false))
            .tty(fields.has("tty") ? Optional.of(fields.bool("tty", false)) : Optional.empty());
    AppSecrets.read(fields, app);
    AppResources.read(fields, app);
    readNetworking(fields, app);
    AppBehaviour.read(fields, id, app);
    return app.build();
  }

  private void readNetworking(Fields fields, AppDefinitionBuilder app) {
    List<Network> networks = NetworkReader.networks(fields, settings.networkName());
    Network.Mode mode = networks.getFirst().mode();
    boolean host = mode == Network.Mode.HOST;
    if (!host && !fields.has("container")) {
      // A network of its own needs something that joins it: a process in a container of the agent.
      fields.node().putObject("container").put("type", Container.Type.MESOS.name());
    }
    Optional<Container> container =
        fields.object("container").flatMap(given -> ContainerReader.read(given, networks));
    fields
        .problems()
        .ruleUnless(
            host || !fields.hasContent("portDefinitions"),
            "/",
            "portDefinitions are only allowed with host-networking");
    List<PortDefinition> definitions = host ? NetworkReader.portDefinitions(fields) : List.of();
    app.networks(networks).container(container).portDefinitions(definitions);
    List<Optional<String>> portNames =
        host
            ? definitions.stream().map(PortDefinition::name).toList()
            : container.map(Container::portMappings).orElse(List.of()).stream()
                .map(PortMapping::name)
                .toList();
    boolean docker = container.filter(given -> given.type() == Container.Type.DOCKER).isPresent();
    app.healthChecks(HealthCheckReader.read(fields, portNames.size(), docker))
        .check(CheckReader.read(fields, portNames.size()))
        .readinessChecks(CheckReadinessReader.read(fields, portNames));
  }

  static Optional<Duration> seconds(Fields fields, String name) {
    return fields.integer(name, 0).map(Duration::ofSeconds);
  }
}
