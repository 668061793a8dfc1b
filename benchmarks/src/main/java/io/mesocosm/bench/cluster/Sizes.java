package io.mesocosm.bench.cluster;

/**
 * How large a simulated cluster is.
 *
 * @param slotsPerAgent how many of the benchmark's tasks an agent has room for
 */
public record Sizes(int agents, int slotsPerAgent) {
  public int capacity() {
    return agents * slotsPerAgent;
  }
}
