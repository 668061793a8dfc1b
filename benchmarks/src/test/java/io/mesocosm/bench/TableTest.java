package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAlignedAndNumbersRoundedToWhatMatters() {
    Table table = new Table("launch", "agents", "launches/s", "ms");
    table.add(100, 21_345.678, 1.2345);
    table.add(10_000, 99.95, 0.01234);

    assertThat(table.toString())
        .isEqualTo(
            """
            launch
              agents  launches/s     ms
                 100      21,346   1.23
               10000       100.0  0.012
            """);
  }
}
