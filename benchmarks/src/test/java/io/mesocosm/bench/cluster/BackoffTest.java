package io.mesocosm.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long FIRST = 100;

  private final Backoff backoff = new Backoff();
  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void theLongestWaitDoublesWithEachTryUntilItBeginsAnew() {
    for (long longest = FIRST; longest <= FIRST << 9; longest *= 2) {
      assertThat(backoff.next(FIRST, random)).isBetween(0L, longest);
    }
    assertThat(backoff.next(FIRST, random)).isLessThanOrEqualTo(FIRST << 9);

    backoff.beginAnew();

    assertThat(backoff.next(FIRST, random)).isLessThanOrEqualTo(FIRST);
  }

  @Test
  void aWaitThatWasReplacedDoesNotEnd() {
    long first = backoff.begin();
    long second = backoff.begin();

    assertThat(backoff.isOver(first)).isFalse();
    assertThat(backoff.isWaiting()).isTrue();
    assertThat(backoff.isOver(second)).isTrue();
    assertThat(backoff.isWaiting()).isFalse();
    assertThat(backoff.isOver(second)).isFalse();
  }
}
