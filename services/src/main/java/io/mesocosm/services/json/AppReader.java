package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
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

  private final String defaultRole;

  /**
   * @param defaultRole of apps that name none
   */
  public AppReader(String defaultRole) {
    this.defaultRole = defaultRole;
  }

  /**
   * Reads a definition as a client writes it.
   *
   * @throws InvalidRequestException with everything that is wrong with it
   */
  public AppDefinition read(JsonNode json) {
    Problems problems = new Problems();
    Fields fields = objectOf(json, problems);
    OldForms.rewrite(fields);
    Unsupported.refuse(fields);
    if (!fields.has("id")) {
      problems.wrongType("/id", MISSING);
    }
    AppDefinition app = fromFields(fields);
    problems.throwIfUnreadable();
    AppRules.check(app, defaultRole, problems);
    problems.throwIfAny();
    return app;
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
            .role(Optional.of(fields.text("role").orElse(defaultRole)))
            .env(fields.textsByName("env"))
            .labels(fields.textsByName("labels"))
            .instances(fields.integer("instances", 0).orElse(1))
            .constraints(ConstraintReader.read(fields))
            .requirePorts(fields.bool("requirePorts", false));
    readResources(fields, app);
    readNetworking(fields, app);
    readBehaviour(fields, id, app);
    return app.build();
  }

  private static void readResources(Fields fields, AppDefinitionBuilder app) {
    app.cpus(fields.number("cpus", 0.001, Double.MAX_VALUE).orElse(1.0))
        .mem(fields.number("mem", 0, Double.MAX_VALUE).orElse(128.0))
        .disk(fields.number("disk", 0, Double.MAX_VALUE).orElse(0.0))
        .gpus(fields.integer("gpus", 0).orElse(0));
    Optional<List<String>> roles = fields.texts("acceptedResourceRoles");
    fields
        .problems()
        .ruleUnless(
            roles.filter(List::isEmpty).isEmpty(), "/acceptedResourceRoles", "must not be empty");
    app.acceptedResourceRoles(roles.orElse(List.of()));
  }

  private static void readNetworking(Fields fields, AppDefinitionBuilder app) {
    List<Network> networks = NetworkReader.networks(fields);
    Network.Mode mode = networks.getFirst().mode();
    Optional<Container> container =
        fields.object("container").flatMap(given -> ContainerReader.read(given, mode));
    boolean host = mode == Network.Mode.HOST;
    fields
        .problems()
        .ruleUnless(
            host || !fields.hasContent("portDefinitions"),
            "/",
            "portDefinitions are only allowed with host-networking");
    app.networks(networks).container(container);
    if (host) {
      app.portDefinitions(NetworkReader.portDefinitions(fields));
    }
    int ports =
        host
            ? NetworkReader.portDefinitions(fields).size()
            : container.map(Container::portMappings).orElse(List.of()).size();
    app.healthChecks(HealthCheckReader.read(fields, ports));
  }

  private static void readBehaviour(Fields fields, AppId id, AppDefinitionBuilder app) {
    AppId group = id.parent().orElse(AppId.ROOT);
    app.backoff(seconds(fields, "backoffSeconds").orElse(Duration.ofSeconds(1)))
        .backoffFactor(fields.number("backoffFactor", 1, Double.MAX_VALUE).orElse(1.15))
        .maxLaunchDelay(seconds(fields, "maxLaunchDelaySeconds").orElse(Duration.ofSeconds(300)))
        .taskKillGracePeriod(seconds(fields, "taskKillGracePeriodSeconds"))
        .upgradeStrategy(upgradeStrategy(fields))
        .killSelection(
            fields
                .choice("killSelection", KillSelection.class)
                .orElse(KillSelection.YOUNGEST_FIRST))
        .unreachableStrategy(unreachableStrategy(fields))
        .dependencies(
            fields.texts("dependencies").orElse(List.of()).stream().map(group::resolve).toList());
  }

  private static UpgradeStrategy upgradeStrategy(Fields fields) {
    boolean single =
        "true".equals(fields.textsByName("labels").get("MARATHON_SINGLE_INSTANCE_APP"));
    Optional<Fields> given = fields.object("upgradeStrategy");
    if (given.isEmpty()) {
      return single ? UpgradeStrategy.SINGLE_INSTANCE : UpgradeStrategy.USUAL;
    }
    UpgradeStrategy strategy =
        new UpgradeStrategy(
            given.get().number("minimumHealthCapacity", 0, 1).orElse(1.0),
            given.get().number("maximumOverCapacity", 0, 1).orElse(1.0));
    if (single) {
      Problems problems = fields.problems();
      problems.ruleUnless(
          strategy.minimumHealthCapacity() == 0,
          "/upgradeStrategy/minimumHealthCapacity",
          "got " + strategy.minimumHealthCapacity() + ", expected 0.0");
      problems.ruleUnless(
          strategy.maximumOverCapacity() == 0,
          "/upgradeStrategy/maximumOverCapacity",
          "got " + strategy.maximumOverCapacity() + ", expected 0.0");
    }
    return strategy;
  }

  private static UnreachableStrategy unreachableStrategy(Fields fields) {
    JsonNode node = fields.node().path("unreachableStrategy");
    if (node.isTextual()) {
      fields
          .problems()
          .ruleUnless(
              node.textValue().equals("disabled"),
              "/unreachableStrategy",
              "got " + node.textValue() + ", expected disabled, or an object");
      return new UnreachableStrategy.Disabled();
    }
    Optional<Fields> given = fields.object("unreachableStrategy");
    if (given.isEmpty()) {
      return UnreachableStrategy.USUAL;
    }
    Duration inactive = seconds(given.get(), "inactiveAfterSeconds").orElse(Duration.ZERO);
    // Said alone, a time to replacement must not come after that to forgetting.
    Duration expunge = seconds(given.get(), "expungeAfterSeconds").orElse(inactive);
    fields
        .problems()
        .ruleUnless(
            inactive.compareTo(expunge) <= 0,
            "/unreachableStrategy/inactiveAfterSeconds",
            "got "
                + inactive.toSeconds()
                + ", expected no more than expungeAfterSeconds, "
                + expunge.toSeconds());
    return new UnreachableStrategy.Enabled(inactive, expunge);
  }

  static Optional<Duration> seconds(Fields fields, String name) {
    return fields.integer(name, 0).map(Duration::ofSeconds);
  }
}
