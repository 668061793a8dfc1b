package io.mesocosm.testkit;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** What becomes of a test whose component is there, or missing. */
final class Requirement {
  private Requirement() {}

  /**
   * Lets the test run; or skips it; or fails it, where nothing may be skipped: where the variable
   * {@code CI} is set, or the property {@code mesocosm.require.all} is true.
   *
   * @param remedy how to get the component
   */
  static ConditionEvaluationResult evaluate(boolean there, String component, String remedy) {
    boolean strict =
        !System.getenv().getOrDefault("CI", "").isEmpty()
            || Boolean.getBoolean("mesocosm.require.all");
    return evaluate(there, component, remedy, strict);
  }

  /**
   * @throws AssertionError if the component is missing and {@code strict}
   */
  static ConditionEvaluationResult evaluate(
      boolean there, String component, String remedy, boolean strict) {
    if (there) {
      return ConditionEvaluationResult.enabled(component + " is there");
    }
    String message = component + " is missing: " + remedy;
    if (strict) {
      throw new AssertionError(
          message + " (with CI or mesocosm.require.all set, no test is skipped)");
    }
    return ConditionEvaluationResult.disabled(message);
  }
}
