package io.mesocosm.conformance;

import io.mesocosm.conformance.allocation.AllocationSections;
import io.mesocosm.conformance.executor.ExecutorSections;
import io.mesocosm.conformance.operator.OperatorSections;
import io.mesocosm.conformance.scheduler.SchedulerSections;
import java.util.List;
import java.util.stream.Stream;

/** Every section of every contract page. */
final class Sections {
  private Sections() {}

  static List<RowTests> all() {
    return Stream.of(
            SchedulerSections.all(),
            AllocationSections.all(),
            OperatorSections.all(),
            ExecutorSections.all())
        .flatMap(List::stream)
        .toList();
  }
}
