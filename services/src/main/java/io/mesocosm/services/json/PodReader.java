package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.app.Volume;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads pod definitions (contracts/marathon-pods.md §2 to §4): defaults are filled in, rules
 * checked. Fields that nobody knows are passed over, and so is a version that a client sends.
 */
public final class PodReader {
  private static final String MISSING = "error.path.missing";

  private final Function<AppId, String> usualRole;
  private final Function<AppId, SortedSet<String>> allowedRoles;
  private final Optional<String> defaultNetworkName;

  /**
   * Lets pods have the default role, or that named after their outermost group.
   *
   * @param defaultRole of pods that name none
   * @param defaultNetworkName of container networks without a name; absent if they must have one
   */
  public PodReader(String defaultRole, Optional<String> defaultNetworkName) {
    this(_ -> defaultRole, pod -> unenforced(pod, defaultRole), defaultNetworkName);
  }

  /**
   * @param usualRole of a pod that names none
   * @param allowedRoles of a pod, never empty
   * @param defaultNetworkName of container networks without a name; absent if they must have one
   */
  public PodReader(
      Function<AppId, String> usualRole,
      Function<AppId, SortedSet<String>> allowedRoles,
      Optional<String> defaultNetworkName) {
    this.usualRole = usualRole;
    this.allowedRoles = allowedRoles;
    this.defaultNetworkName = defaultNetworkName;
  }

  private static SortedSet<String> unenforced(AppId pod, String defaultRole) {
    SortedSet<String> allowed = new TreeSet<>(List.of(defaultRole));
    if (pod.segments().size() > 1) {
      allowed.add(pod.segments().getFirst());
    }
    return allowed;
  }

  /**
   * Reads a definition as a client writes it.
   *
   * @throws InvalidRequestException with everything that is wrong with it
   */
  public PodDefinition read(JsonNode json) {
    PodLimits.check(json);
    Problems problems = new Problems();
    Fields fields = objectOf(json, problems);
    fields.requiredText("id");
    PodDefinition pod = fromFields(fields);
    problems.throwIfUnreadable();
    PodRules.check(pod, allowedRoles.apply(pod.id()), problems);
    problems.throwIfAny();
    return pod;
  }

  /**
   * Reads a definition that was written by {@link PodWriter#writeStored}. It was valid when it was
   * stored, and rules on the whole that came since do not unmake it.
   *
   * @throws InvalidRequestException if it is none
   */
  public PodDefinition readStored(JsonNode json) {
    Problems problems = new Problems();
    Fields fields = objectOf(json, problems);
    PodDefinition pod = fromFields(fields);
    Fields info = fields.objectOrEmpty("versionInfo");
    Instant version = timestamp(fields, "version");
    VersionInfo versionInfo =
        new VersionInfo(timestamp(info, "lastScalingAt"), timestamp(info, "lastConfigChangeAt"));
    problems.throwIfAny();
    return pod.withVersion(version, versionInfo);
  }

  /**
   * Checks what only a change can break (contracts/marathon-pods.md §4).
   *
   * @throws InvalidRequestException with everything that may not change
   */
  public static void checkUpdate(PodDefinition before, PodDefinition after) {
    Problems problems = new Problems();
    PodRules.checkUpdate(before, after, problems);
    problems.throwIfAny();
  }

  private static Fields objectOf(JsonNode json, Problems problems) {
    if (json instanceof ObjectNode object) {
      return new Fields(object, "", problems);
    }
    problems.wrongType("/", "error.expected.jsobject");
    problems.throwIfUnreadable();
    throw new IllegalStateException("unreachable: the problem above was thrown");
  }

  private static Instant timestamp(Fields fields, String name) {
    Optional<Instant> instant = Timestamps.parse(fields.requiredText(name));
    if (instant.isEmpty()) {
      fields.problems().wrongType(fields.pathOf(name), "error.expected.date.isoformat");
    }
    return instant.orElse(AppDefinition.UNVERSIONED);
  }

  private PodDefinition fromFields(Fields fields) {
    AppId id = new AppId(fields.text("id").orElse("/"));
    Environment environment = Environment.of(fields);
    List<Volume> volumes = PodVolumeReader.read(fields);
    boolean resident = volumes.stream().anyMatch(Volume.Persistent.class::isInstance);
    return new PodDefinition(
        id,
        fields.text("user"),
        fields.text("role").or(() -> Optional.of(usualRole.apply(id))),
        fields.textsByName("labels"),
        environment.values(),
        environment.secrets(),
        secrets(fields),
        containers(fields),
        volumes,
        PodNetworkReader.read(fields, defaultNetworkName),
        PodSchedulingReader.read(fields, resident),
        executorResources(fields),
        PodLinuxInfo.read(fields),
        fields.bool("legacySharedCgroups", false),
        AppDefinition.UNVERSIONED,
        new VersionInfo(AppDefinition.UNVERSIONED, AppDefinition.UNVERSIONED));
  }

  private static List<PodContainer> containers(Fields fields) {
    Optional<List<Fields>> given = fields.objects("containers");
    if (!fields.has("containers")) {
      fields.problems().wrongType("/containers", MISSING);
    }
    List<PodContainer> containers = new ArrayList<>();
    given
        .orElse(List.of())
        .forEach(container -> containers.add(PodContainerReader.read(container)));
    return containers;
  }

  private static SortedMap<String, String> secrets(Fields fields) {
    SortedMap<String, String> secrets = new TreeMap<>();
    Fields given = fields.objectOrEmpty("secrets");
    for (String name : names(given)) {
      Optional<Fields> secret = given.object(name);
      if (secret.isPresent()) {
        String source = secret.get().requiredText("source");
        if (secret.get().has("source")) {
          fields
              .problems()
              .ruleUnless(!source.isEmpty(), secret.get().pathOf("source"), "must not be empty");
        }
        secrets.put(name, source);
      }
    }
    return secrets;
  }

  private static ExecutorResources executorResources(Fields fields) {
    Fields given = fields.objectOrEmpty("executorResources");
    ExecutorResources usual = ExecutorResources.USUAL;
    return new ExecutorResources(
        given.number("cpus", usual.cpus(), Scalar.AMOUNT_MAX).orElse(usual.cpus()),
        given.number("mem", usual.mem(), Scalar.AMOUNT_MAX).orElse(usual.mem()),
        given.number("disk", usual.disk(), Scalar.AMOUNT_MAX).orElse(usual.disk()));
  }

  private static List<String> names(Fields object) {
    return object.node().properties().stream().map(entry -> entry.getKey()).toList();
  }

  /**
   * Variables, of a pod or a container.
   *
   * @param values as they are written
   * @param secrets the names of the secrets that are their values
   */
  record Environment(SortedMap<String, String> values, SortedMap<String, String> secrets) {
    static Environment of(Fields owner) {
      SortedMap<String, String> values = new TreeMap<>();
      SortedMap<String, String> secrets = new TreeMap<>();
      Fields given = owner.objectOrEmpty("environment");
      for (String name : names(given)) {
        if (given.node().path(name).isObject()) {
          given
              .object(name)
              .ifPresent(reference -> secrets.put(name, reference.requiredText("secret")));
        } else {
          given.text(name).ifPresent(value -> values.put(name, value));
        }
      }
      return new Environment(values, secrets);
    }
  }
}
