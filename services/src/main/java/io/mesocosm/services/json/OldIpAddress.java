package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import java.util.List;
import java.util.Optional;

/**
 * Rewrites {@code ipAddress}, the way in which earlier releases asked for an address for each
 * container, into a network, and the ports that it announced into port mappings.
 */
final class OldIpAddress {
  private OldIpAddress() {}

  /**
   * Comes after the networks of Docker, which may go with an address.
   *
   * @param bridgeName which stands for the bridge network
   */
  static void rewrite(Fields app, String bridgeName) {
    Optional<Fields> given = app.object("ipAddress");
    app.node().remove("ipAddress");
    if (given.isEmpty()) {
      return;
    }
    Problems problems = app.problems();
    problems.ruleUnless(isFreeFor(app), "/", "must not specify both networks and ipAddress");
    problems.ruleUnless(
        !app.hasContent("ports") && !app.hasContent("portDefinitions"),
        "/",
        "cannot specify both an IP address and port");
    Fields address = given.get();
    Optional<String> name = address.text("networkName").filter(text -> !text.isEmpty());
    boolean bridge =
        name.filter(bridgeName::equals).isPresent()
            || modeOf(app).filter(Network.Mode.BRIDGE.text()::equals).isPresent();
    Network.Mode mode = bridge ? Network.Mode.BRIDGE : Network.Mode.CONTAINER;
    ObjectNode network = JsonNodeFactory.instance.objectNode().put("mode", mode.text());
    if (!bridge) {
      name.ifPresent(text -> network.put("name", text));
    }
    if (address.hasContent("labels")) {
      network.set("labels", address.node().get("labels"));
    }
    app.node().putArray("networks").add(network);
    address
        .object("discovery")
        .filter(discovery -> discovery.hasContent("ports"))
        .ifPresent(discovery -> addMappings(app, discovery));
  }

  /** One network out of Docker's old form, without a name yet, is what the address is on. */
  private static boolean isFreeFor(Fields app) {
    List<Fields> networks = app.objects("networks").orElse(List.of());
    return networks.isEmpty()
        || networks.size() == 1
            && app.node().path("networks").path(0).path(OldForms.OF_DOCKER).asBoolean()
            && modeOf(app).filter(Network.Mode.HOST.text()::equals).isEmpty();
  }

  private static Optional<String> modeOf(Fields app) {
    return Optional.ofNullable(app.node().path("networks").path(0).path("mode").textValue());
  }

  private static void addMappings(Fields app, Fields discovery) {
    Fields container = app.object("container").orElseGet(() -> newContainer(app));
    Problems problems = app.problems();
    problems.ruleUnless(
        container.text("type").orElse("").equalsIgnoreCase(Container.Type.MESOS.name()),
        discovery.path(),
        "discovery ports are only for containers of type MESOS");
    problems.ruleUnless(
        !container.hasContent("portMappings"),
        discovery.path(),
        "must not specify both discovery ports and container.portMappings");
    ArrayNode mappings = JsonNodeFactory.instance.arrayNode();
    for (Fields port : discovery.objects("ports").orElse(List.of())) {
      ObjectNode mapping = mappings.addObject();
      mapping.put("containerPort", port.integer("number").orElse(0));
      for (String same : List.of("name", "protocol", "labels")) {
        if (port.has(same)) {
          mapping.set(same, port.node().get(same));
        }
      }
    }
    container.node().set("portMappings", mappings);
  }

  private static Fields newContainer(Fields app) {
    ObjectNode container =
        app.node().putObject("container").put("type", Container.Type.MESOS.name());
    return new Fields(container, app.pathOf("container"), app.problems());
  }
}
