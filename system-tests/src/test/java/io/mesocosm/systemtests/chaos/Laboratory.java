package io.mesocosm.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Three masters with their own ZooKeeper, three agents and two services schedulers, on six hosts.
 */
final class Laboratory implements AutoCloseable {
  private static final String BRIDGE = "mesochaos";
  private static final String NETWORK = "10.77.93.";
  private static final int PREFIX_LENGTH = 24;
  private static final int MASTERS = 3;
  private static final int AGENTS = 3;
  private static final int SERVICES = 2;

  private final Path root;
  private final Optional<Path> fakeTime = fakeTimeLibrary();
  private final List<Host> masterHosts = new ArrayList<>();
  private final List<Host> agentHosts = new ArrayList<>();
  private final List<Role> masters = new ArrayList<>();
  private final List<Role> agents = new ArrayList<>();
  private final List<Role> services = new ArrayList<>();

  private Laboratory(Path root) {
    this.root = root;
    for (int i = 1; i <= MASTERS; i++) {
      masterHosts.add(new Host("mcm", i, NETWORK + (10 + i), root));
    }
    for (int i = 1; i <= AGENTS; i++) {
      agentHosts.add(new Host("mca", i, NETWORK + (20 + i), root));
    }
  }

  static Laboratory open(Path root) {
    Laboratory laboratory = new Laboratory(root);
    laboratory.removeNetwork(); // of a run that was killed
    boolean built = false;
    try {
      laboratory.build();
      built = true;
    } finally {
      if (!built) {
        laboratory.close();
      }
    }
    return laboratory;
  }

  private void build() {
    Shell.run("ip", "link", "add", BRIDGE, "type", "bridge");
    Shell.run("ip", "address", "add", NETWORK + "1/" + PREFIX_LENGTH, "dev", BRIDGE);
    Shell.run("ip", "link", "set", BRIDGE, "up");
    // Where a packet filter looks at bridges too (Docker turns that on), ours is to pass.
    Shell.attempt("iptables", "-I", "FORWARD", "-i", BRIDGE, "-o", BRIDGE, "-j", "ACCEPT");
    allHosts().forEach(host -> host.create(BRIDGE, PREFIX_LENGTH));
    String peers = String.join(",", masterHosts.stream().map(Host::ip).toList());
    for (int i = 0; i < MASTERS; i++) {
      Host host = masterHosts.get(i);
      masters.add(
          role(
              "master",
              i,
              host,
              "--ip=" + host.ip(),
              "--port=5050",
              "--zk_embedded",
              "--peers=" + peers,
              "--zk_session_timeout=4secs",
              "--agent_ping_timeout=2secs",
              "--max_agent_ping_timeouts=4",
              "--work_dir=" + host.folder().resolve("master")));
    }
    for (int i = 0; i < AGENTS; i++) {
      Host host = agentHosts.get(i);
      agents.add(
          role(
              "agent",
              i,
              host,
              "--ip=" + host.ip(),
              "--port=5051",
              "--master=" + zooKeeper("/mesos"),
              "--containerizers=mesos",
              "--resources=cpus:8;mem:4096;disk:4096;ports:[31000-31999]",
              "--work_dir=" + host.folder().resolve("agent")));
    }
    for (int i = 0; i < SERVICES; i++) {
      Host host = masterHosts.get(i);
      services.add(
          role(
              "services",
              i,
              host,
              "--http_address=" + host.ip(),
              "--http_port=8080",
              "--master=" + zooKeeper("/mesos"),
              "--zk=" + zooKeeper("/marathon"),
              "--zk_session_timeout=4000",
              "--kill_retry_timeout=5000",
              "--reconciliation_interval=20000"));
    }
    allRoles().forEach(Role::start);
  }

  private Role role(String program, int number, Host host, String... flags) {
    List<String> arguments =
        new ArrayList<>(List.of(program, "--insecure", "--hostname=" + host.ip()));
    arguments.addAll(List.of(flags));
    return new Role(program + "-" + (number + 1), host, arguments, root, fakeTime);
  }

  String zooKeeper(String path) {
    return "zk://"
        + String.join(",", masterHosts.stream().map(host -> host.ip() + ":2181").toList())
        + path;
  }

  List<Host> allHosts() {
    return Stream.concat(masterHosts.stream(), agentHosts.stream()).toList();
  }

  List<Host> agentHosts() {
    return List.copyOf(agentHosts);
  }

  List<Role> allRoles() {
    return Stream.of(masters, agents, services).flatMap(List::stream).toList();
  }

  List<Role> agents() {
    return List.copyOf(agents);
  }

  /** Base addresses, e.g. {@code http://10.0.0.1:5050}. */
  List<String> masterAddresses() {
    return masterHosts.stream().map(host -> "http://" + host.ip() + ":5050").toList();
  }

  List<String> servicesAddresses() {
    return services.stream().map(role -> "http://" + role.host().ip() + ":8080").toList();
  }

  /** The end of each program's log, for a failure's message. */
  String said() {
    StringBuilder all = new StringBuilder();
    for (Role role : allRoles()) {
      all.append("== ").append(role.log()).append('\n');
      all.append(Shell.attempt("tail", "-n", "12", role.log().toString()).output()).append('\n');
    }
    return all.toString();
  }

  private static Optional<Path> fakeTimeLibrary() {
    try (Stream<Path> found =
        Files.find(
            Path.of("/usr/lib"),
            4,
            (path, _) -> path.getFileName().toString().equals("libfaketimeMT.so.1"))) {
      return found.findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    allHosts().forEach(host -> Shell.attempt("ip", "link", "set", "v-" + host.name(), "up"));
    allRoles().parallelStream().forEach(Role::close);
    Containers.killAll(root);
    removeNetwork();
  }

  private void removeNetwork() {
    allHosts().forEach(Host::destroy);
    Shell.attempt("iptables", "-D", "FORWARD", "-i", BRIDGE, "-o", BRIDGE, "-j", "ACCEPT");
    Shell.attempt("ip", "link", "delete", BRIDGE);
  }
}
