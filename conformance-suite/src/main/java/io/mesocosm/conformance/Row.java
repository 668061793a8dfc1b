package io.mesocosm.conformance;

import java.util.Optional;

/**
 * A registered row.
 *
 * @param id {@code <contract>/<section>/<row>}
 * @param test empty for a row that is not observable
 * @param why empty for a row that is tested
 */
record Row(String id, String title, Lane lane, Optional<RowTest> test, String why) {
  /** Beside what a test may run. */
  enum Lane {
    /** Beside any other but those alone. */
    FREE,
    /** Beside those that hold no offers. */
    HOLDS_OFFERS,
    /** Beside nothing. */
    ALONE
  }
}
