package io.mesocosm.allocator;

import java.util.List;
import java.util.random.RandomGenerator;

/** In which order agents are looked at. */
@FunctionalInterface
interface AgentOrder {
  void arrange(List<AgentShare> agents);

  /** C7. */
  static AgentOrder shuffledBy(RandomGenerator random) {
    return agents -> {
      for (int i = agents.size() - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        AgentShare swapped = agents.get(i);
        agents.set(i, agents.get(other));
        agents.set(other, swapped);
      }
    };
  }
}
