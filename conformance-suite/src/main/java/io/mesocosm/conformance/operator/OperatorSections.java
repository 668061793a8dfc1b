package io.mesocosm.conformance.operator;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the operator API contract. */
public final class OperatorSections {
  private OperatorSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of();
  }
}
