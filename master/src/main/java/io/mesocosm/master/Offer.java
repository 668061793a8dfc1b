package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import io.mesocosm.model.resource.Resources;

/**
 * Resources of one agent, held out to one framework in one of its roles until it answers, the offer
 * is rescinded or either is gone. Immutable.
 *
 * @param resources each is allocated to {@code role}
 */
public record Offer(
    OfferId id, FrameworkId framework, AgentId agent, String role, Resources resources) {
  // An id names one offer for ever, so that sets of offers need not look at their resources.
  @Override
  public boolean equals(Object other) {
    return other instanceof Offer offer && id.equals(offer.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
