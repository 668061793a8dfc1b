package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Network;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Rewrites the ways in which earlier releases wrote networks, ports and downloads into today's
 * (contracts/marathon-api.md §5, "old form"). What is left says everything once.
 */
final class OldForms {
  /** Marks a network that came out of Docker's old form, while it is rewritten. */
  static final String OF_DOCKER = "ofDocker";

  private OldForms() {}

  /** Changes {@code app}; conflicts between old and new go to its problems. */
  static void rewrite(Fields app, AppSettings settings) {
    rewriteUris(app);
    app.object("container")
        .flatMap(container -> container.object("docker").map(docker -> new Old(container, docker)))
        .ifPresent(old -> rewriteDocker(app, old));
    OldIpAddress.rewrite(app, settings.bridgeName());
    if (app.node().path("networks").path(0) instanceof ObjectNode network) {
      network.remove(OF_DOCKER);
    }
    rewritePorts(app);
  }

  private record Old(Fields container, Fields docker) {}

  private static void rewriteUris(Fields app) {
    if (app.hasContent("uris")) {
      app.problems()
          .ruleUnless(
              !app.hasContent("fetch"), "/uris", "may not be set in conjunction with fetch");
      ArrayNode fetch = app.node().putArray("fetch");
      app.texts("uris")
          .orElse(List.of())
          .forEach(
              uri -> fetch.addObject().put("uri", uri).put("extract", FetchReader.isArchive(uri)));
    }
    app.node().remove("uris");
  }

  private static void rewriteDocker(Fields app, Old old) {
    Fields docker = old.docker();
    Problems problems = app.problems();
    problems.ruleUnless(
        !docker.hasContent("credential"), docker.pathOf("credential"), "must be empty");
    if (docker.has("network")) {
      problems.ruleUnless(
          !app.hasContent("networks"),
          "/",
          "must not specify both container.docker.network and networks");
      mode(docker)
          .ifPresent(mode ->
              app.node()
                  .putArray("networks")
                  .addObject()
                  .put("mode", mode.text())
                  .put(OF_DOCKER, true));
      docker.node().remove("network");
    }
    if (docker.has("portMappings")) {
      // Both forms are in what earlier releases answered, with the same content.
      boolean same =
          docker.node().get("portMappings").equals(old.container().node().get("portMappings"));
      problems.ruleUnless(
          same || !old.container().hasContent("portMappings"),
          old.container().pathOf("portMappings"),
          "must not specify both container.docker.portMappings and container.portMappings");
      boolean host = !app.hasContent("networks") || modeOf(app).equals(Network.Mode.HOST.text());
      if (!host || docker.hasContent("portMappings")) {
        old.container().node().set("portMappings", docker.node().get("portMappings"));
      }
      docker.node().remove("portMappings");
    }
  }

  private static Optional<Network.Mode> mode(Fields docker) {
    String network = docker.text("network").orElse("").toUpperCase(Locale.ROOT);
    return switch (network) {
      case "HOST" -> Optional.of(Network.Mode.HOST);
      case "BRIDGE" -> Optional.of(Network.Mode.BRIDGE);
      case "USER" -> Optional.of(Network.Mode.CONTAINER);
      case "NONE" -> {
        docker.problems().brokenRule(docker.pathOf("network"), "network NONE is not supported");
        yield Optional.empty();
      }
      default -> {
        docker
            .problems()
            .brokenRule(
                docker.pathOf("network"),
                "got " + network + ", expected one of HOST, BRIDGE, USER, NONE");
        yield Optional.empty();
      }
    };
  }

  private static void rewritePorts(Fields app) {
    Optional<List<Integer>> ports = app.integers("ports");
    app.node().remove("ports");
    // With a network of its own, an app's service ports are in its port mappings; earlier releases
    // wrote them as "ports" beside that, and clients send back what they got.
    if (ports.isEmpty() || !modeOf(app).equals(Network.Mode.HOST.text())) {
      return;
    }
    Problems problems = app.problems();
    long named = ports.get().stream().filter(port -> port != 0).count();
    long distinct = ports.get().stream().filter(port -> port != 0).distinct().count();
    problems.ruleUnless(named == distinct, "/ports", "ports must be unique");
    if (app.has("portDefinitions")) {
      List<Integer> defined =
          app.objects("portDefinitions").orElse(List.of()).stream()
              .map(definition -> definition.integer("port").orElse(0))
              .toList();
      problems.ruleUnless(
          defined.equals(ports.get()), "/", "cannot specify both ports and port definitions");
      return;
    }
    ArrayNode definitions = app.node().putArray("portDefinitions");
    for (int i = 0; i < ports.get().size(); i++) {
      ObjectNode definition = definitions.addObject().put("port", ports.get().get(i));
      if (i == 0) {
        definition.put("name", "default");
      }
    }
  }

  /** The mode of the first network, as text; host if there is none. */
  private static String modeOf(Fields app) {
    if (!app.hasContent("networks")) {
      return Network.Mode.HOST.text();
    }
    return app.node().path("networks").path(0).path("mode").asText(Network.Mode.CONTAINER.text());
  }
}
