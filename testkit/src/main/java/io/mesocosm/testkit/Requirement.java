package io.mesocosm.testkit;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** What becomes of a test whose component is there, or missing. */
final class Requirement {
  private Requirement() {}

  /**
   * Lets the test run; or skips it; or, where nothing may be skipped, fails it.
   *
   * @param remedy how to get the component
   */
  static ConditionEvaluationResult evaluate(boolean there, String component, String remedy) {
    if (there) {
      return ConditionEvaluationResult.enabled(component + " is there");
    }
    String message = component + " is missing: " + remedy;
    boolean strict =
        System.getenv().getOrDefault("CI", "").length() > 0
            || Boolean.getBoolean("mesocosm.require.all");
    if (strict) {
      throw new AssertionError(message + " (where CI is set, no test is skipped)");
    }
    return ConditionEvaluationResult.disabled(message);
  }
}
