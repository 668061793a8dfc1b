package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  /** Always the longest wait that is allowed. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new AssertionError("a bound is needed");
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  @Test
  void boundDoublesUpToTheLongest() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(350), LONGEST);

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(350));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(350));
  }

  @Test
  void resetBeginsWithTheShortestAgain() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(350), LONGEST);
    assertThat(backoff.next()).isPositive();
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));

    backoff.reset();

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void soonStaysShortHoweverOften() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(100), LONGEST);

    for (int i = 0; i < 9; i++) {
      assertThat(backoff.soon()).isEqualTo(Duration.ofMillis(400));
    }
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
  }
}
