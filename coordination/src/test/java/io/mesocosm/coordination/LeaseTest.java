package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Lease lease = new Lease(Duration.ofSeconds(10), 0);

  @Test
  void contactIsSoughtTenTimesASession() {
    assertThat(lease.beat()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void trustEndsAfterSixTenthsOfTheSession() {
    assertThat(lease.hasLapsed(5_999 * NANOS_PER_MILLI)).isFalse();
    assertThat(lease.hasLapsed(6_000 * NANOS_PER_MILLI)).isTrue();
    assertThat(lease.silence(6_000 * NANOS_PER_MILLI)).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void aContactIsDatedByWhenItWasSoughtWhateverTheOrderOfAnswers() {
    lease.contact(3_000 * NANOS_PER_MILLI);
    lease.contact(1_000 * NANOS_PER_MILLI);
    assertThat(lease.hasLapsed(8_999 * NANOS_PER_MILLI)).isFalse();
    assertThat(lease.hasLapsed(9_000 * NANOS_PER_MILLI)).isTrue();
  }

  @Test
  void clocksThatPassTheirLargestValueDoNoHarm() {
    Lease late = new Lease(Duration.ofSeconds(10), Long.MAX_VALUE - 10);
    late.contact(Long.MAX_VALUE + 1_000 * NANOS_PER_MILLI);
    assertThat(late.hasLapsed(Long.MAX_VALUE + 6_000 * NANOS_PER_MILLI)).isFalse();
    assertThat(late.hasLapsed(Long.MAX_VALUE + 7_001 * NANOS_PER_MILLI)).isTrue();
  }
}
