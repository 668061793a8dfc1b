package io.mesocosm.services.explain;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.matching.Refusal;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.List;

/** What stands against an agent, whatever the amounts are. */
record Obstacle(Reason reason, String rule) {
  static Obstacle of(Refusal refusal) {
    return new Obstacle(refusal.reason(), refusal.rule());
  }

  /** In the order in which they are looked for. */
  static List<Obstacle> of(UnusedOffer offer) {
    return offer.refusals().stream().map(Obstacle::of).toList();
  }
}
