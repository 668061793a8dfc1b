package io.mesocosm.services.matching;

import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.instance.Reservation;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.apache.mesos.v1.Protos.Offer.Operation;

/** Whether an offer fits an app. */
public sealed interface MatchResult {
  /**
   * It does.
   *
   * @param operations what launches it, and what must come before that
   * @param taskIdsByContainer of its tasks; {@link InstanceTask#APP} for an app's only one
   * @param reservation of a resident one
   * @param placement where it will be, with its host ports
   * @param left of the offer, for more instances
   */
  record Match(
      List<Operation> operations,
      SequencedMap<String, String> taskIdsByContainer,
      Placement placement,
      Optional<Reservation> reservation,
      OfferedAgent left)
      implements MatchResult {}

  /**
   * It does not.
   *
   * @param refusals never empty, in the order of {@link Refusal.Reason}
   */
  record Refusals(List<Refusal> refusals) implements MatchResult {
    public Refusals {
      refusals = List.copyOf(refusals);
    }
  }
}
