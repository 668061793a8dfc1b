package io.mesocosm.bench;

import io.mesocosm.bench.cluster.MasterEnsemble;
import io.mesocosm.bench.cluster.MasterUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run is asked for.
 *
 * @param sizes the numbers of agents to measure with; empty for the benchmark's own
 * @param batches whether calls travel together where the master takes them so
 * @param tasks in all, for the benchmarks that are asked; 0 for the benchmark's own
 * @param session how long ZooKeeper waits for a silent master
 * @param zooKeeper where it runs, for the benchmark that has one
 * @param seconds how long one steady measurement takes
 * @param peer the folder of the peer's class path and files, for the benchmark that has one
 * @param services what only the benchmark of that is asked for
 */
record Settings(
    List<Integer> sizes,
    int rounds,
    int seconds,
    boolean batches,
    int tasks,
    Duration session,
    MasterEnsemble.ZooKeeper zooKeeper,
    MasterUnderTest.Options master,
    Path peer,
    ServicesSettings services) {
  public Settings {
    sizes = List.copyOf(sizes);
  }

  List<Integer> sizesOr(Integer... usual) {
    return sizes.isEmpty() ? List.of(usual) : sizes;
  }

  int tasksOr(int usual) {
    return tasks == 0 ? usual : tasks;
  }
}
