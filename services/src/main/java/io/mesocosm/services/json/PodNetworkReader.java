package io.mesocosm.services.json;

import io.mesocosm.services.app.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads and checks the networks of a pod (contracts/marathon-pods.md §2). */
final class PodNetworkReader {
  private PodNetworkReader() {}

  /**
   * Never empty: without a word about networks, that of the host.
   *
   * @param usualName of container networks without one
   */
  static List<Network> read(Fields pod, Optional<String> usualName) {
    List<Network> networks = new ArrayList<>();
    for (Fields fields : pod.objects("networks").orElse(List.of())) {
      Network.Mode mode = mode(fields);
      Optional<String> name = fields.text("name");
      if (mode == Network.Mode.CONTAINER) {
        name = name.or(() -> usualName);
      }
      networks.add(new Network(mode, name, fields.textsByName("labels")));
      check(networks.getLast(), fields);
    }
    if (networks.isEmpty()) {
      return List.of(new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>()));
    }
    checkTogether(networks, pod.problems());
    return networks;
  }

  private static Network.Mode mode(Fields network) {
    String text = network.text("mode").orElse(Network.Mode.CONTAINER.text());
    Optional<Network.Mode> mode =
        Arrays.stream(Network.Mode.values())
            .filter(known -> known.text().equals(text.toLowerCase(Locale.ROOT)))
            .findFirst();
    network
        .problems()
        .ruleUnless(
            mode.isPresent(),
            network.pathOf("mode"),
            "got " + text + ", expected one of host, container/bridge, container");
    return mode.orElse(Network.Mode.HOST);
  }

  private static void check(Network network, Fields fields) {
    Problems problems = fields.problems();
    switch (network.mode()) {
      case HOST ->
          problems.ruleUnless(
              network.name().isEmpty() && network.labels().isEmpty(),
              fields.path(),
              "Host networks may not have names or labels");
      case BRIDGE ->
          problems.ruleUnless(
              network.name().isEmpty(), fields.path(), "Bridge networks may not have names");
      case CONTAINER ->
          problems.ruleUnless(
              network.name().filter(name -> !name.isEmpty()).isPresent(),
              fields.path(),
              "must have a name: --default_network_name is not given");
    }
  }

  private static void checkTogether(List<Network> networks, Problems problems) {
    boolean onlyContainers =
        networks.stream().allMatch(network -> network.mode() == Network.Mode.CONTAINER);
    problems.ruleUnless(
        networks.size() == 1 || onlyContainers,
        "/networks",
        "May specify a single host network, single bridge network, or else 1-to-n container"
            + " networks");
    Set<String> names = new HashSet<>();
    for (Network network : networks) {
      network
          .name()
          .ifPresent(name ->
              problems.ruleUnless(
                  names.add(name), "/networks", "network " + name + " is there twice"));
    }
  }
}
