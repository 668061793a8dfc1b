package io.mesocosm.cli.local;

import io.mesocosm.cli.client.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Which port each part of a local cluster serves on.
 *
 * @param agents one an agent, in order
 */
record LocalPorts(int master, int services, int zooKeeper, List<Integer> agents) {
  LocalPorts {
    agents = List.copyOf(agents);
  }

  /** The ports that the systems we succeed are known by. */
  static LocalPorts usual(int agentCount) {
    return new LocalPorts(5050, 8080, 2181, successive(5051, agentCount));
  }

  /** {@code first} and those after it, to run beside something else. */
  static LocalPorts from(int first, int agentCount) {
    if (first < 1 || first + 3 + agentCount > 65536) {
      throw CommandFailure.misused(
          "--ports-from="
              + first
              + " leaves no room for "
              + (3 + agentCount)
              + " ports: give a number from 1024 to "
              + (65535 - 3 - agentCount));
    }
    return new LocalPorts(first, first + 1, first + 2, successive(first + 3, agentCount));
  }

  /** Fails, naming every port that something else listens on. */
  void requireFree(String bindAddress) {
    List<String> taken = new ArrayList<>();
    addIfTaken(taken, bindAddress, master, "master");
    addIfTaken(taken, bindAddress, services, "services");
    addIfTaken(taken, "127.0.0.1", zooKeeper, "ZooKeeper");
    for (int i = 0; i < agents.size(); i++) {
      addIfTaken(taken, LocalCluster.agentAddress(i), agents.get(i), "agent " + (i + 1));
    }
    if (!taken.isEmpty()) {
      throw CommandFailure.failed(
          String.join(", ", taken)
              + (taken.size() == 1 ? " is" : " are")
              + " taken: stop what listens there, or give other ports with --ports-from");
    }
  }

  private static void addIfTaken(List<String> taken, String address, int port, String whose) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    } catch (IOException e) {
      taken.add("port " + port + " on " + address + " (" + whose + ")");
    }
  }

  private static List<Integer> successive(int first, int count) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ports.add(first + i);
    }
    return ports;
  }
}
