package io.mesocosm.services.app;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How a deployment finds out whether a new instance may count (contracts/marathon-api.md §7).
 *
 * @param portName of one of the app's ports
 * @param timeout less than {@code interval}
 * @param readyStatuses of HTTP
 * @param preserveLastResponse whether readers are shown what was answered last
 */
public record ReadinessCheck(
    String name,
    boolean https,
    String path,
    String portName,
    Duration interval,
    Duration timeout,
    SortedSet<Integer> readyStatuses,
    boolean preserveLastResponse) {
  public ReadinessCheck {
    readyStatuses = Collections.unmodifiableSortedSet(new TreeSet<>(readyStatuses));
  }
}
