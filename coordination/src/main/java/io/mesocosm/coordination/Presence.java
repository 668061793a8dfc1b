package io.mesocosm.coordination;

import java.util.List;
import java.util.Map;

/** Which nodes are there, before a transaction. */
interface Presence {
  boolean isThere(String node);

  /** All below a node, in any order. */
  List<String> below(String node);

  /** As far as we remember; and nothing is below what goes. */
  static Presence remembered(KnownNodes known) {
    return new Presence() {
      @Override
      public boolean isThere(String node) {
        return known.contains(node);
      }

      @Override
      public List<String> below(String node) {
        return List.of();
      }
    };
  }

  /**
   * What a look found.
   *
   * @param belowByNode of all nodes seen to be there; empty for those where nobody asked
   */
  record Seen(Map<String, List<String>> belowByNode) implements Presence {
    @Override
    public boolean isThere(String node) {
      return belowByNode.containsKey(node);
    }

    @Override
    public List<String> below(String node) {
      return belowByNode.getOrDefault(node, List.of());
    }
  }
}
