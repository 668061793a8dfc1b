package io.mesocosm.services.json;

import java.util.List;

/** Refuses what the original can do and we cannot yet: it must not be passed over in silence. */
final class Unsupported {
  private Unsupported() {}

  static void refuse(Fields app) {
    Problems problems = app.problems();
    for (String field :
        List.of(
            "check",
            "executorResources",
            "fetch",
            "readinessChecks",
            "residency",
            "resourceLimits",
            "secrets")) {
      if (app.hasContent(field)) {
        problems.notSupported("/" + field, field);
      }
    }
    if (app.hasContent("executor") && !app.text("executor").orElse("").equals("//cmd")) {
      problems.notSupported("/executor", "an executor of one's own");
    }
    if (app.bool("tty", false)) {
      problems.notSupported("/tty", "a terminal");
    }
    app.object("env").ifPresent(Unsupported::refuseSecrets);
    app.object("container").ifPresent(Unsupported::refuseInContainer);
    for (Fields check : app.objects("healthChecks").orElse(List.of())) {
      if (!check.text("ipProtocol").orElse("IPv4").equalsIgnoreCase("IPv4")) {
        problems.notSupported(check.pathOf("ipProtocol"), "a health check over IPv6");
      }
    }
  }

  private static void refuseSecrets(Fields env) {
    List<String> secrets =
        env.node().properties().stream()
            .filter(entry -> entry.getValue().isObject())
            .map(java.util.Map.Entry::getKey)
            .toList();
    for (String name : secrets) {
      env.problems().notSupported(env.pathOf(name), "an environment variable from a secret");
      env.node().remove(name);
    }
  }

  private static void refuseInContainer(Fields container) {
    Problems problems = container.problems();
    for (String field : List.of("appc", "linuxInfo")) {
      if (container.hasContent(field)) {
        problems.notSupported(container.pathOf(field), field);
      }
    }
    container
        .object("docker")
        .filter(docker -> docker.hasContent("pullConfig"))
        .ifPresent(docker ->
            problems.brokenRule(
                docker.pathOf("pullConfig"),
                "pullConfig is not supported with Docker containerizer"));
    for (Fields volume : container.objects("volumes").orElse(List.of())) {
      for (String kind : List.of("persistent", "external", "secret")) {
        if (volume.has(kind)) {
          problems.notSupported(volume.pathOf(kind), "a volume of this kind");
        }
      }
    }
  }
}
