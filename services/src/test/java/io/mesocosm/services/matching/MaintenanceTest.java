package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
  private static final Instant START = Instant.parse("2026-01-02T03:00:00Z");

  private static Offer.Builder offer() {
    return Offer.newBuilder()
        .setId(OfferID.newBuilder().setValue("o"))
        .setFrameworkId(FrameworkID.newBuilder().setValue("f"))
        .setAgentId(AgentID.newBuilder().setValue("a"))
        .setHostname("host-a");
  }

  private static Offer unavailable(Duration length) {
    Offer.Builder offer = offer();
    offer
        .getUnavailabilityBuilder()
        .getStartBuilder()
        .setNanoseconds(Duration.between(Instant.EPOCH, START).toNanos());
    if (!length.isZero()) {
      offer.getUnavailabilityBuilder().getDurationBuilder().setNanoseconds(length.toNanos());
    }
    return offer.build();
  }

  private static boolean isRefused(Offer offer, Instant now, Duration lead) {
    return Maintenance.refusal(offer, now, lead).isPresent();
  }

  @Test
  void anAgentIsLeftAloneFromTheStartOfItsMaintenanceToItsEnd() {
    Offer hour = unavailable(Duration.ofHours(1));

    assertThat(isRefused(hour, START.minusSeconds(1), Duration.ZERO)).isFalse();
    assertThat(isRefused(hour, START, Duration.ZERO)).isTrue();
    assertThat(isRefused(hour, START.plusSeconds(3599), Duration.ZERO)).isTrue();
    assertThat(isRefused(hour, START.plusSeconds(3600), Duration.ZERO)).isFalse();
    assertThat(isRefused(unavailable(Duration.ZERO), START.plusSeconds(1_000_000), Duration.ZERO))
        .as("maintenance without an end")
        .isTrue();
    assertThat(isRefused(offer().build(), START, Duration.ZERO)).isFalse();
  }

  @Test
  void itIsLeftAloneSomeTimeBeforeIfThatIsAskedFor() {
    Offer offer = unavailable(Duration.ofHours(1));

    assertThat(isRefused(offer, START.minusSeconds(60), Duration.ofSeconds(60))).isTrue();
    assertThat(isRefused(offer, START.minusSeconds(61), Duration.ofSeconds(60))).isFalse();
    assertThat(Maintenance.refusal(offer, START, Duration.ZERO).orElseThrow().text())
        .isEqualTo("host-a is under maintenance from 2026-01-02T03:00:00Z");
  }
}
