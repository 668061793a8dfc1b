package io.mesocosm.services;

import io.mesocosm.services.app.RunSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** Gives service ports to apps that leave the choice to us (contracts/marathon-api.md §5). */
final class ServicePorts {
  private final int min;
  private final int max;
  private final RandomGenerator random;

  ServicePorts(int min, int max, RandomGenerator random) {
    this.min = min;
    this.max = max;
    this.random = random;
  }

  /**
   * The app with a number in place of every 0: the one it had at that place before, or a free one.
   *
   * @param isUsed whether another has it
   * @param taken by others that are changed together with it; the new ones are added
   * @return nothing if there are not enough free numbers
   */
  Optional<RunSpec> assign(
      RunSpec app, Optional<RunSpec> before, IntPredicate isUsed, Set<Integer> taken) {
    List<Integer> asked = app.servicePorts();
    if (!asked.contains(0)) {
      taken.addAll(asked);
      return Optional.of(app);
    }
    IntPredicate used = port -> taken.contains(port) || isUsed.test(port);
    List<Integer> had = before.map(RunSpec::servicePorts).orElse(List.of());
    List<Integer> assigned = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      int port = asked.get(i);
      if (port == 0 && i < had.size() && isFreeIn(had.get(i), asked, assigned)) {
        port = had.get(i);
      }
      if (port == 0) {
        Optional<Integer> free = free(used, asked, assigned);
        if (free.isEmpty()) {
          return Optional.empty();
        }
        port = free.get();
      }
      assigned.add(port);
      taken.add(port);
    }
    return Optional.of(app.withServicePorts(assigned));
  }

  private static boolean isFreeIn(int port, List<Integer> asked, List<Integer> assigned) {
    return port != 0 && !asked.contains(port) && !assigned.contains(port);
  }

  /** Begins anywhere and takes the next free one, around the end. */
  private Optional<Integer> free(IntPredicate used, List<Integer> asked, List<Integer> assigned) {
    int count = max - min + 1;
    int begin = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      int port = min + (begin + i) % count;
      if (!used.test(port) && isFreeIn(port, asked, assigned)) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }
}
