package io.mesocosm.conformance;

/** What came of a row. */
record Verdict(Row row, Result result, String detail) {
  enum Result {
    PASSED("passed"),
    FAILED("failed"),
    NOT_OBSERVABLE("not observable");

    private final String words;

    Result(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }
}
