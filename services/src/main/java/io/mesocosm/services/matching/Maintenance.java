package io.mesocosm.services.matching;

import io.mesocosm.services.matching.Refusal.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Unavailability;

/** Whether an agent is about to be worked on (contracts/marathon-api.md S12). Pure. */
public final class Maintenance {
  private Maintenance() {}

  /**
   * @param lead how long before its maintenance an agent is left alone
   * @return nothing if the agent may be used
   */
  public static Optional<Refusal> refusal(Offer offer, Instant now, Duration lead) {
    if (!offer.hasUnavailability()) {
      return Optional.empty();
    }
    Unavailability unavailability = offer.getUnavailability();
    Instant start = Instant.EPOCH.plusNanos(unavailability.getStart().getNanoseconds());
    boolean over =
        unavailability.hasDuration()
            && !now.isBefore(start.plusNanos(unavailability.getDuration().getNanoseconds()));
    if (now.isBefore(start.minus(lead)) || over) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            Reason.AGENT_MAINTENANCE,
            "maintenance",
            offer.getHostname(),
            start.toString(),
            offer.getHostname() + " is under maintenance from " + start,
            true));
  }
}
