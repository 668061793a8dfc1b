package io.mesocosm.services.json;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The rules that an app definition as a whole must meet; paths and texts are the original's. */
final class AppRules {
  private static final Pattern SEGMENT =
      Pattern.compile(
          "^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$");
  private static final List<String> RESERVED = List.of("restart", "tasks", "versions", ".", "..");

  private AppRules() {}

  static void check(AppDefinition app, String defaultRole, Problems problems) {
    checkId(app.id(), problems);
    checkDependencies(app, problems);
    checkCommand(app, problems);
    checkRoles(app, defaultRole, problems);
    boolean docker =
        app.container().filter(given -> given.type() == Container.Type.DOCKER).isPresent();
    problems.ruleUnless(
        app.gpus() == 0 || !docker, "/", "GPU resources only work with the Mesos containerizer");
    problems.ruleUnless(
        !app.isSingleInstance() || app.instances() <= 1,
        "/",
        "Single instance app may only have one instance");
    if (app.networkMode() != Network.Mode.HOST && app.container().isEmpty()) {
      problems.notSupported("/networks", "a network of its own without a container");
    }
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

  private static boolean hasValidLetters(AppId id) {
    return id.segments().stream().allMatch(segment -> SEGMENT.matcher(segment).matches());
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
  }

  private static void checkRoles(AppDefinition app, String defaultRole, Problems problems) {
    String role = app.role().orElse(defaultRole);
    SortedSet<String> allowed = new TreeSet<>(List.of(defaultRole));
    if (app.id().segments().size() > 1) {
      allowed.add(app.id().segments().getFirst());
    }
    problems.ruleUnless(
        allowed.contains(role),
        "/role",
        "got " + role + ", expected one of: [" + String.join(", ", allowed) + "]");
    problems.ruleUnless(
        app.acceptedResourceRoles().stream()
            .allMatch(accepted -> accepted.equals("*") || accepted.equals(role)),
        "/acceptedResourceRoles",
        "acceptedResourceRoles can only contain * and " + role);
  }
}
