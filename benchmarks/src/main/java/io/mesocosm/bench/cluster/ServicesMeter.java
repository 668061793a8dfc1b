package io.mesocosm.bench.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Where the machine's time goes while something is measured. For one controlling thread. */
public final class ServicesMeter {
  private static final int THREADS_SHOWN = 6;

  /**
   * What was used.
   *
   * @param cpuSeconds by role
   * @param lines for who reads: the same, the busiest threads of the leading scheduler, what became
   *     of the tasks meanwhile, profiles
   */
  public record Usage(SequencedMap<String, Double> cpuSeconds, List<String> lines) {}

  private final SequencedMap<String, Long> pids;
  private final List<FlightRecording> recordings = new ArrayList<>();
  private final SequencedMap<String, Double> cpu = new LinkedHashMap<>();
  private final Map<String, Double> threads;
  private final long scheduler;
  private final double machine;
  private final Timeline timeline;
  private final long beginNanos;

  /**
   * Begins.
   *
   * @param profiled the roles of which to make profiles, too
   */
  public ServicesMeter(ServicesCluster cluster, Set<String> profiled) {
    pids = cluster.pids();
    pids.forEach((role, pid) -> {
      if (profiled.contains(role)) {
        recordings.add(FlightRecording.begin(pid, role));
      }
    });
    pids.forEach((role, pid) -> cpu.put(role, CpuTime.seconds(pid)));
    machine = CpuTime.machineSeconds();
    scheduler = cluster.leader().pid();
    threads = CpuTime.secondsByThread(scheduler);
    timeline = new Timeline(cluster::tasksOnAgents);
    beginNanos = System.nanoTime();
  }

  /** Ends. */
  public Usage end(String part) {
    double seconds = (System.nanoTime() - beginNanos) / 1e9;
    timeline.close();
    SequencedMap<String, Double> used = new LinkedHashMap<>();
    pids.forEach((role, pid) -> used.put(role, CpuTime.seconds(pid) - cpu.getOrDefault(role, 0.0)));
    double ours = used.values().stream().mapToDouble(Double::doubleValue).sum();
    used.put("everything else", Math.max(0, CpuTime.machineSeconds() - machine - ours));
    List<String> lines = new ArrayList<>();
    lines.add(String.format("    CPU s in %.1f s: %s", seconds, text(used)));
    lines.add(
        "    threads of services, CPU s: "
            + text(CpuTime.busiest(threads, CpuTime.secondsByThread(scheduler), THREADS_SHOWN)));
    lines.add("    tasks on agents, by second: " + timeline);
    recordings.forEach(recording -> lines.addAll(recording.end(part)));
    return new Usage(used, List.copyOf(lines));
  }

  private static String text(SequencedMap<String, Double> seconds) {
    return seconds.entrySet().stream()
        .map(it -> String.format("%s %.1f", it.getKey(), it.getValue()))
        .collect(Collectors.joining(", "));
  }
}
