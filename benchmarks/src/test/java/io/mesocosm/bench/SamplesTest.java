package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void percentilesAreValuesThatWereMeasured() {
    Samples samples = new Samples();
    for (int value = 2000; value >= 1; value--) {
      samples.add(value);
    }

    assertThat(samples.count()).isEqualTo(2000);
    assertThat(samples.percentile(0.5)).isEqualTo(1000);
    assertThat(samples.percentile(0.99)).isEqualTo(1980);
    assertThat(samples.percentile(1)).isEqualTo(2000);
    assertThat(samples.percentile(0)).isEqualTo(1);
  }

  @Test
  void nothingMeasuredIsZero() {
    assertThat(new Samples().percentile(0.5)).isZero();
    assertThat(Samples.median(List.of())).isZero();
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
    assertThat(Samples.median(List.of(9.0, 1.0, 4.0, 2.0))).isEqualTo(3);
    assertThat(Samples.median(List.of(9.0, 1.0, 4.0))).isEqualTo(4);
  }
}
