package io.mesocosm.conformance.executor;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the executor API contract. */
public final class ExecutorSections {
  private ExecutorSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of();
  }
}
