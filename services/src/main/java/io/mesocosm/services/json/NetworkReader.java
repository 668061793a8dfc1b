package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.Protocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads and checks networks, port definitions and port mappings (contracts/marathon-api.md §5). */
final class NetworkReader {
  static final int PORT_MAX = 65535;
  private static final Pattern PORT_NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private NetworkReader() {}

  /**
   * Never empty: without a word about networks, that of the host.
   *
   * @param usualName of container networks without one
   */
  static List<Network> networks(Fields app, Optional<String> usualName) {
    List<Fields> given = app.objects("networks").orElse(List.of());
    List<Network> networks = new ArrayList<>();
    for (Fields fields : given) {
      Network.Mode mode = mode(fields);
      Optional<String> name = fields.text("name").filter(text -> !text.isEmpty());
      networks.add(
          new Network(
              mode,
              mode == Network.Mode.CONTAINER ? name.or(() -> usualName) : name,
              fields.textsByName("labels")));
    }
    if (networks.isEmpty()) {
      return List.of(new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>()));
    }
    checkNetworks(networks, app.problems());
    return networks;
  }

  private static Network.Mode mode(Fields network) {
    String text = network.text("mode").orElse(Network.Mode.CONTAINER.text());
    Optional<Network.Mode> mode =
        Arrays.stream(Network.Mode.values())
            .filter(known -> known.text().equals(text.toLowerCase(Locale.ROOT)))
            .findFirst();
    if (mode.isEmpty()) {
      network
          .problems()
          .brokenRule(
              network.pathOf("mode"),
              "got " + text + ", expected one of host, container/bridge, container");
    }
    return mode.orElse(Network.Mode.HOST);
  }

  private static void checkNetworks(List<Network> networks, Problems problems) {
    boolean containers =
        networks.stream().anyMatch(network -> network.mode() == Network.Mode.CONTAINER);
    for (Network network : networks) {
      switch (network.mode()) {
        case HOST ->
            problems.ruleUnless(
                network.name().isEmpty() && network.labels().isEmpty(),
                "/networks",
                "Host networks may not have names or labels");
        case BRIDGE ->
            problems.ruleUnless(
                network.name().isEmpty(), "/networks", "Bridge networks may not have names");
        case CONTAINER ->
            problems.ruleUnless(
                network.name().isPresent(),
                "/networks",
                "a container network must have a name: --default_network_name is not given");
      }
    }
    problems.ruleUnless(
        networks.stream().map(Network::name).distinct().count() == networks.size(),
        "/networks",
        "container network names must be unique");
    problems.ruleUnless(
        networks.size() == 1
            || containers
                && networks.stream().allMatch(network -> network.mode() == Network.Mode.CONTAINER),
        "/networks",
        "May specify a single host network, single bridge network, or else 1-to-n container"
            + " networks");
  }

  /** Without a word about ports, one; an empty list means none. */
  static List<PortDefinition> portDefinitions(Fields app) {
    Optional<List<Fields>> given = app.objects("portDefinitions");
    if (given.isEmpty()) {
      return List.of(new PortDefinition(0, Protocol.TCP, Optional.of("default"), new TreeMap<>()));
    }
    List<PortDefinition> definitions = new ArrayList<>();
    for (Fields fields : given.get()) {
      definitions.add(
          new PortDefinition(
              port(fields, "port").orElse(0),
              protocol(fields),
              name(fields),
              fields.textsByName("labels")));
    }
    Problems problems = app.problems();
    checkNames(
        definitions.stream().map(PortDefinition::name).toList(), "/portDefinitions", problems);
    Set<Integer> seen = new HashSet<>();
    definitions.stream()
        .map(PortDefinition::port)
        .filter(port -> port != 0)
        .forEach(port ->
            problems.ruleUnless(seen.add(port), "/portDefinitions", "Ports must be unique."));
    return definitions;
  }

  /** Of a container with a network of its own; without a word about ports, one. */
  static List<PortMapping> portMappings(Fields container, List<Network> networks) {
    Network.Mode mode = networks.getFirst().mode();
    Optional<Integer> unset = mode == Network.Mode.BRIDGE ? Optional.of(0) : Optional.empty();
    Optional<List<Fields>> given = container.objects("portMappings");
    if (given.isEmpty() && mode == Network.Mode.HOST) {
      return List.of();
    }
    if (given.isEmpty()) {
      return List.of(
          new PortMapping(
              0, unset, 0, Protocol.TCP, Optional.of("default"), new TreeMap<>(), List.of()));
    }
    List<PortMapping> mappings = new ArrayList<>();
    for (Fields fields : given.get()) {
      PortMapping mapping =
          new PortMapping(
              port(fields, "containerPort").orElse(0),
              port(fields, "hostPort").or(() -> unset),
              port(fields, "servicePort").orElse(0),
              protocol(fields),
              name(fields),
              fields.textsByName("labels"),
              fields.texts("networkNames").orElse(List.of()));
      checkNetworkNames(fields, mapping, networks);
      mappings.add(mapping);
    }
    checkMappings(mappings, container.pathOf("portMappings"), container.problems());
    return mappings;
  }

  private static void checkNetworkNames(
      Fields fields, PortMapping mapping, List<Network> networks) {
    List<String> known = networks.stream().map(Network::name).flatMap(Optional::stream).toList();
    Problems problems = fields.problems();
    for (String name : mapping.networkNames()) {
      problems.ruleUnless(
          known.contains(name),
          fields.pathOf("networkNames"),
          "got " + name + ", expected one of the app's container networks, " + known);
    }
    problems.ruleUnless(
        mapping.hostPort().isEmpty() || networks.size() == 1 || mapping.networkNames().size() == 1,
        fields.pathOf("networkNames"),
        "a hostPort of an app with several networks needs the name of exactly one");
  }

  private static void checkMappings(List<PortMapping> mappings, String path, Problems problems) {
    checkNames(mappings.stream().map(PortMapping::name).toList(), path, problems);
    Set<Integer> hostPorts = new HashSet<>();
    Set<Integer> servicePorts = new HashSet<>();
    for (PortMapping mapping : mappings) {
      int hostPort = mapping.hostPort().orElse(0);
      problems.ruleUnless(
          hostPort == 0 || hostPorts.add(hostPort), path, "Host ports must be unique.");
      problems.ruleUnless(
          mapping.servicePort() == 0 || servicePorts.add(mapping.servicePort()),
          path,
          "Service ports must be unique.");
    }
  }

  private static void checkNames(List<Optional<String>> names, String path, Problems problems) {
    Set<String> seen = new HashSet<>();
    for (Optional<String> name : names) {
      name.ifPresent(
          given -> problems.ruleUnless(seen.add(given), path, "Port names must be unique."));
    }
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

  private static Optional<String> name(Fields fields) {
    Optional<String> name = fields.text("name");
    name.ifPresent(given ->
        fields
            .problems()
            .ruleUnless(
                PORT_NAME.matcher(given).matches(),
                fields.pathOf("name"),
                "must fully match regular expression '" + PORT_NAME.pattern() + "'"));
    return name;
  }

  private static Protocol protocol(Fields fields) {
    String text = fields.text("protocol").orElse("tcp").replace(" ", "").toLowerCase(Locale.ROOT);
    return switch (text) {
      case "tcp" -> Protocol.TCP;
      case "udp" -> Protocol.UDP;
      case "udp,tcp", "tcp,udp" -> Protocol.UDP_TCP;
      default -> {
        fields
            .problems()
            .brokenRule(
                fields.pathOf("protocol"), "got " + text + ", expected tcp, udp or udp,tcp");
        yield Protocol.TCP;
      }
    };
  }

  /** For writing; kept here so that reading and writing agree on the names. */
  static void write(PortDefinition definition, ObjectNode into) {
    into.put("port", definition.port());
    into.put("protocol", definition.protocol().text());
    definition.name().ifPresent(name -> into.put("name", name));
    AppWriter.putTexts(into, "labels", definition.labels());
  }

  static void write(PortMapping mapping, ObjectNode into) {
    into.put("containerPort", mapping.containerPort());
    mapping.hostPort().ifPresent(port -> into.put("hostPort", port));
    into.put("servicePort", mapping.servicePort());
    into.put("protocol", mapping.protocol().text());
    mapping.name().ifPresent(name -> into.put("name", name));
    AppWriter.putTexts(into, "labels", mapping.labels());
    if (!mapping.networkNames().isEmpty()) {
      AppWriter.putTexts(into, "networkNames", mapping.networkNames());
    }
  }
}
