package io.mesocosm.services.json;

import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.ResourceLimits;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.Volume;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules that a pod as a whole must meet (contracts/marathon-pods.md §2 to §4). */
final class PodRules {
  private static final int VARIABLE_LENGTH_MAX = 254;
  private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern SEGMENT =
      Pattern.compile(
          "^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$");
  private static final List<String> RESERVED = List.of("restart", "tasks", "versions", ".", "..");

  private PodRules() {}

  static void check(PodDefinition pod, SortedSet<String> allowedRoles, Problems problems) {
    checkId(pod.id(), problems);
    checkRoles(pod, allowedRoles, problems);
    checkVariables(pod.env(), "/environment", problems);
    checkVariables(pod.secretEnv(), "/environment", problems);
    checkContainers(pod, problems);
    checkVolumes(pod, problems);
    checkSecrets(pod, problems);
    PodEndpointRules.check(pod, problems);
    if (pod.isResident()) {
      checkResident(pod, problems);
    }
  }

  private static void checkId(AppId id, Problems problems) {
    if (id.isRoot()) {
      problems.brokenRule("/id", "Path must contain at least one path element");
      return;
    }
    problems.ruleUnless(
        id.segments().stream().allMatch(segment -> SEGMENT.matcher(segment).matches()),
        "/id",
        "must fully match regular expression '" + SEGMENT.pattern() + "'");
    problems.ruleUnless(
        !RESERVED.contains(id.segments().getLast()),
        "/id",
        "must not end with any of the following reserved keywords: " + String.join(", ", RESERVED));
  }

  private static void checkRoles(PodDefinition pod, SortedSet<String> allowed, Problems problems) {
    String role = pod.role().orElse("*");
    problems.ruleUnless(
        allowed.contains(role),
        "/role",
        "got " + role + ", expected one of: [" + String.join(", ", allowed) + "]");
    problems.ruleUnless(
        pod.acceptedResourceRoles().stream()
            .allMatch(accepted -> accepted.equals("*") || accepted.equals(role)),
        "/scheduling/placement/acceptedResourceRoles",
        "acceptedResourceRoles can only contain * and " + role);
  }

  private static void checkVariables(
      SortedMap<String, String> variables, String path, Problems problems) {
    for (String name : variables.keySet()) {
      problems.ruleUnless(
          VARIABLE.matcher(name).matches() && name.length() <= VARIABLE_LENGTH_MAX,
          path + "/" + name,
          "must fully match regular expression '"
              + VARIABLE.pattern()
              + "' and have no more than "
              + VARIABLE_LENGTH_MAX
              + " letters");
    }
  }

  private static void checkContainers(PodDefinition pod, Problems problems) {
    problems.ruleUnless(
        !pod.containers().isEmpty(), "/containers", "must have one container or more");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < pod.containers().size(); i++) {
      PodContainer container = pod.containers().get(i);
      String path = "/containers(" + i + ")";
      problems.ruleUnless(
          names.add(container.name()),
          path + "/name",
          "Container names must be unique, got " + container.name() + " twice");
      problems.ruleUnless(
          container.exec().isPresent() || container.image().isPresent(),
          path,
          "must have exec, or an image that says what to run");
      checkVariables(container.env(), path + "/environment", problems);
      checkVariables(container.secretEnv(), path + "/environment", problems);
      checkLimits(pod, container, path + "/resourceLimits", problems);
    }
  }

  private static void checkLimits(
      PodDefinition pod, PodContainer container, String path, Problems problems) {
    ResourceLimits limits = container.limits();
    problems.ruleUnless(
        limits.equals(ResourceLimits.NONE) || !pod.legacySharedCgroups(),
        path,
        "needs legacySharedCgroups false: the containers would share one limit");
    checkLimit(limits.cpus(), container.cpus(), path + "/cpus", problems);
    checkLimit(limits.mem(), container.mem(), path + "/mem", problems);
  }

  private static void checkLimit(
      OptionalDouble limit, double asked, String path, Problems problems) {
    problems.ruleUnless(
        limit.isEmpty() || limit.getAsDouble() >= asked,
        path,
        "got " + limit.orElse(0) + ", expected no less than resources ask for, " + asked);
  }

  private static void checkVolumes(PodDefinition pod, Problems problems) {
    SortedSet<String> mounted = new TreeSet<>();
    SortedSet<String> known = new TreeSet<>();
    pod.volumes().forEach(volume -> known.add(volume.containerPath()));
    for (int i = 0; i < pod.containers().size(); i++) {
      List<Mount> mounts = pod.containers().get(i).volumeMounts();
      for (int k = 0; k < mounts.size(); k++) {
        mounted.add(mounts.get(k).volume());
        problems.ruleUnless(
            known.contains(mounts.get(k).volume()),
            "/containers(" + i + ")/volumeMounts(" + k + ")/name",
            "got " + mounts.get(k).volume() + ", expected one of the pod's volumes: " + known);
      }
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < pod.volumes().size(); i++) {
      String name = pod.volumes().get(i).containerPath();
      String path = "/volumes(" + i + ")/name";
      problems.ruleUnless(seen.add(name), path, "Volume names must be unique, got " + name);
      problems.ruleUnless(
          mounted.contains(name), path, "volume " + name + " is not mounted by any container");
    }
  }

  private static void checkSecrets(PodDefinition pod, Problems problems) {
    pod.secretEnv()
        .forEach((name, secret) -> checkSecret(pod, secret, "/environment/" + name, problems));
    for (int i = 0; i < pod.containers().size(); i++) {
      PodContainer container = pod.containers().get(i);
      String path = "/containers(" + i + ")";
      container
          .secretEnv()
          .forEach(
              (name, secret) -> checkSecret(pod, secret, path + "/environment/" + name, problems));
      container
          .image()
          .flatMap(PodContainer.Image::pullSecret)
          .ifPresent(
              secret -> checkSecret(pod, secret, path + "/image/pullConfig/secret", problems));
    }
    for (int i = 0; i < pod.volumes().size(); i++) {
      if (pod.volumes().get(i) instanceof Volume.SecretFile(_, String secret)) {
        checkSecret(pod, secret, "/volumes(" + i + ")/secret", problems);
      }
    }
  }

  private static void checkSecret(
      PodDefinition pod, String secret, String path, Problems problems) {
    problems.ruleUnless(
        pod.secrets().containsKey(secret),
        path,
        "got "
            + secret
            + ", expected one of the pod's secrets: ["
            + String.join(", ", pod.secrets().keySet())
            + "]");
  }

  private static void checkResident(PodDefinition pod, Problems problems) {
    problems.ruleUnless(
        pod.unreachableStrategy() instanceof UnreachableStrategy.Disabled,
        "/scheduling/unreachableStrategy",
        "must be disabled for pods with persistent volumes");
    problems.ruleUnless(
        pod.upgradeStrategy().maximumOverCapacity() == 0,
        "/scheduling/upgrade/maximumOverCapacity",
        "got "
            + pod.upgradeStrategy().maximumOverCapacity()
            + ", expected 0 for pods with persistent volumes");
    problems.ruleUnless(
        !pod.role().equals(Optional.of("*")),
        "/role",
        "must not be * for pods with persistent volumes");
    problems.ruleUnless(
        !pod.acceptedResourceRoles().equals(List.of("*")),
        "/scheduling/placement/acceptedResourceRoles",
        "must not be only * for pods with persistent volumes");
  }

  /** What instances of either have reserved must do for both. */
  static void checkUpdate(PodDefinition before, PodDefinition after, Problems problems) {
    if (!before.isResident() && !after.isResident()) {
      return;
    }
    problems.ruleUnless(
        before.persistentVolumes().equals(after.persistentVolumes()),
        "/volumes",
        "persistent volumes must not change");
    checkSame(before, after, "cpus", PodContainer::cpus, problems);
    checkSame(before, after, "mem", PodContainer::mem, problems);
    checkSame(before, after, "disk", PodContainer::disk, problems);
    checkSame(before, after, "gpus", PodContainer::gpus, problems);
    problems.ruleUnless(
        before.executorResources().equals(after.executorResources()),
        "/executorResources",
        "must not change for pods with persistent volumes");
    problems.ruleUnless(
        hostPorts(before).equals(hostPorts(after)),
        "/containers",
        "host ports must not change for pods with persistent volumes");
  }

  /** The reservation is one for all containers: only the sum counts. */
  private static void checkSame(
      PodDefinition before,
      PodDefinition after,
      String name,
      ToDoubleFunction<PodContainer> amount,
      Problems problems) {
    Scalar had = sum(before, amount);
    Scalar wanted = sum(after, amount);
    problems.ruleUnless(
        had.equals(wanted),
        "/containers",
        name
            + " must not change for pods with persistent volumes: got "
            + wanted
            + ", expected "
            + had);
  }

  private static Scalar sum(PodDefinition pod, ToDoubleFunction<PodContainer> amount) {
    return pod.containers().stream()
        .map(container -> Scalar.of(amount.applyAsDouble(container)))
        .reduce(Scalar.ZERO, Scalar::plus);
  }

  private static List<Integer> hostPorts(PodDefinition pod) {
    return pod.containers().stream()
        .flatMap(container -> container.endpoints().stream())
        .flatMap(endpoint -> endpoint.hostPort().map(Stream::of).orElse(Stream.empty()))
        .sorted()
        .toList();
  }
}
