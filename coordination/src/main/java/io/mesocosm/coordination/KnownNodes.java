package io.mesocosm.coordination;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which nodes there were when we last saw them. Others may make and remove nodes, so this is good
 * for a guess only: who acts on it must be told by ZooKeeper when it is wrong. Thread-safe.
 */
final class KnownNodes {
  private static final int MAX = 1_000_000; // some 150 MB; then all are forgotten

  private final Set<String> nodes = ConcurrentHashMap.newKeySet();

  boolean contains(String node) {
    return nodes.contains(node);
  }

  void add(String node) {
    if (nodes.size() >= MAX) {
      nodes.clear();
    }
    nodes.add(node);
  }

  void forget(String node) {
    nodes.remove(node);
  }
}
