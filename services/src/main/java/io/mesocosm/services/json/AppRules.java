package io.mesocosm.services.json;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Volume;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * The rules that an app definition as a whole must meet, alone and as the successor of another;
 * paths and texts are the original's where clients know them.
 */
public final class AppRules {
  private static final Pattern SEGMENT =
      Pattern.compile(
          "^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$");
  private static final List<String> RESERVED = List.of("restart", "tasks", "versions", ".", "..");

  private AppRules() {}

  static void check(AppDefinition app, AppRoles roles, Problems problems) {
    checkId(app.id(), problems);
    checkDependencies(app, problems);
    checkCommand(app, problems);
    checkExecutor(app, problems);
    checkRoles(app, roles, problems);
    AppSecrets.check(app, problems);
    checkVolumes(app, problems);
    boolean docker =
        app.container().filter(given -> given.type() == Container.Type.DOCKER).isPresent();
    problems.ruleUnless(
        app.gpus() == 0 || !docker, "/", "GPU resources only work with the Mesos containerizer");
    problems.ruleUnless(
        app.check().isEmpty() || !docker,
        "/check",
        "a check is not possible in a container of type DOCKER");
    problems.ruleUnless(
        !app.isSingleInstance() || app.instances() <= 1,
        "/",
        "Single instance app may only have one instance");
    app.autoscale()
        .ifPresent(scale ->
            problems.ruleUnless(
                app.instances() >= scale.min() && app.instances() <= scale.max(),
                "/instances",
                "got "
                    + app.instances()
                    + ", expected "
                    + scale.min()
                    + " to "
                    + scale.max()
                    + " as autoscale says"));
  }

  private static void checkId(AppId id, Problems problems) {
    if (id.isRoot()) {
      problems.brokenRule("/id", "Path must contain at least one path element");
      problems.brokenRule("/", "must not be root");
      return;
    }
    problems.ruleUnless(
        hasValidLetters(id),
        "/id",
        "must fully match regular expression '" + SEGMENT.pattern() + "'");
    problems.ruleUnless(
        !RESERVED.contains(id.segments().getLast()),
        "/id",
        "must not end with any of the following reserved keywords: " + String.join(", ", RESERVED));
  }

  static String segments() {
    return SEGMENT.pattern();
  }

  static boolean hasValidLetters(AppId id) {
    return id.path().length() <= AppLimits.ID_LENGTH_MAX
        && id.segments().stream().allMatch(segment -> SEGMENT.matcher(segment).matches());
  }

  private static void checkDependencies(AppDefinition app, Problems problems) {
    for (int i = 0; i < app.dependencies().size(); i++) {
      AppId dependency = app.dependencies().get(i);
      String path = "/dependencies(" + i + ")";
      problems.ruleUnless(
          hasValidLetters(dependency),
          path,
          "must fully match regular expression '" + SEGMENT.pattern() + "'");
      problems.ruleUnless(
          !dependency.equals(app.id()) && !app.id().isBelow(dependency),
          path,
          app.id() + " cannot depend on itself, by way of " + dependency);
    }
  }

  private static void checkCommand(AppDefinition app, Problems problems) {
    boolean cmd = app.cmd().isPresent();
    boolean args = !app.args().isEmpty();
    boolean image = app.container().flatMap(Container::docker).isPresent();
    problems.ruleUnless(
        cmd != args || !(cmd && args) && image,
        "/",
        "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
    problems.ruleUnless(
        app.cmd().filter(String::isEmpty).isEmpty(), "/cmd", "must not be an empty string");
    problems.ruleUnless(
        app.cmd().filter(AppRules::hasNul).isEmpty(), "/cmd", "must not have a NUL letter");
    problems.ruleUnless(
        app.args().stream().noneMatch(AppRules::hasNul), "/args", "must not have a NUL letter");
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  /** A path, or {@code //cmd} for that which runs commands. */
  private static void checkExecutor(AppDefinition app, Problems problems) {
    Optional<String> path = app.executor().filter(given -> !given.equals("//cmd"));
    if (path.isEmpty()) {
      return;
    }
    String relative = path.get().startsWith("/") ? path.get().substring(1) : path.get();
    problems.ruleUnless(
        !List.of(relative.split("/", -1)).contains("") && !hasNul(relative),
        "/executor",
        "got " + path.get() + ", expected a path, //cmd or nothing");
  }

  private static void checkRoles(AppDefinition app, AppRoles roles, Problems problems) {
    String role = app.role().orElse(roles.usualFor(app.id()));
    SortedSet<String> allowed = roles.allowedFor(app.id());
    problems.ruleUnless(
        allowed.contains(role),
        "/role",
        "got " + role + ", expected one of: [" + String.join(", ", allowed) + "]");
    problems.ruleUnless(
        app.acceptedResourceRoles().stream()
            .allMatch(accepted -> accepted.equals("*") || accepted.equals(role)),
        "/acceptedResourceRoles",
        "acceptedResourceRoles can only contain * and " + role);
    if (app.isResident()) {
      problems.ruleUnless(
          !app.acceptedResourceRoles().equals(List.of("*")),
          "/acceptedResourceRoles",
          "must not be just *: what a resident app keeps is reserved for its role");
      problems.ruleUnless(
          !role.equals("*"),
          "/role",
          "got *, expected a role that resources can be reserved for, as the app is resident");
    }
  }

  private static void checkVolumes(AppDefinition app, Problems problems) {
    Set<String> persistent = new HashSet<>();
    Set<String> external = new HashSet<>();
    for (Volume volume : app.container().map(Container::volumes).orElse(List.of())) {
      switch (volume) {
        case Volume.Persistent one ->
            problems.ruleUnless(
                persistent.add(one.containerPath()),
                "/container/volumes",
                "persistent volumes must have different container paths, got "
                    + one.containerPath()
                    + " twice");
        case Volume.External one -> {
          problems.ruleUnless(
              external.add(one.provider() + "/" + one.name()),
              "/container/volumes",
              "external volume names must be unique, got " + one.name() + " twice");
          problems.ruleUnless(
              app.instances() <= 1 || VolumeOptions.isShared(one),
              "/instances",
              "got "
                  + app.instances()
                  + ", expected no more than 1: external volume "
                  + one.name()
                  + " is not shared");
        }
        case Volume.Host _, Volume.SecretFile _, Volume.Ephemeral _ -> {
          // may be there as often as one likes
        }
      }
    }
  }

  /**
   * Notes what an update changes that must stay (contracts/marathon-api.md §4, "resident update"):
   * instances of a resident app keep their reservations, which cannot be reshaped.
   */
  static void checkUpdate(AppDefinition before, AppDefinition after, Problems problems) {
    if (!before.isResident()) {
      return;
    }
    problems.ruleUnless(
        before.persistentVolumes().equals(after.persistentVolumes()),
        "/",
        "Persistent volumes can not be changed!");
    problems.ruleUnless(
        before.cpus() == after.cpus()
            && before.mem() == after.mem()
            && before.disk() == after.disk()
            && before.gpus() == after.gpus(),
        "/",
        "Resident Tasks may not change resource requirements!");
    problems.ruleUnless(
        before.requirePorts() == after.requirePorts() && hostPorts(before).equals(hostPorts(after)),
        "/",
        "Resident Tasks may not change host ports!");
    double over = after.upgradeStrategy().maximumOverCapacity();
    problems.ruleUnless(
        over == 0, "/upgradeStrategy/maximumOverCapacity", "got " + over + ", expected 0.0");
  }

  /**
   * Says whether a definition may follow another. Pure.
   *
   * @throws InvalidRequestException with everything that must not change and does
   */
  public static void requireUpdatable(AppDefinition before, AppDefinition after) {
    Problems problems = new Problems();
    checkUpdate(before, after, problems);
    problems.throwIfAny();
  }

  /** As far as they are asked for by number: of others only how many there are. */
  private static List<Optional<Integer>> hostPorts(AppDefinition app) {
    return switch (app.networkMode()) {
      case HOST ->
          app.portDefinitions().stream()
              .map(port -> Optional.of(app.requirePorts() ? port.port() : 0))
              .toList();
      case BRIDGE, CONTAINER ->
          app.portMappings().stream().map(mapping -> mapping.hostPort()).toList();
    };
  }
}
