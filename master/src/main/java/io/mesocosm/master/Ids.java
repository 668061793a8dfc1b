package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;

/** Gives out ids in the shapes that users know: the master's id, a dash, a letter, a number. */
final class Ids {
  private final String masterId;
  private long agents;
  private long frameworks;
  private long offers;

  Ids(String masterId) {
    this.masterId = masterId;
  }

  AgentId nextAgent() {
    return new AgentId(masterId + "-S" + agents++);
  }

  FrameworkId nextFramework() {
    return new FrameworkId(
        masterId + "-" + String.format(java.util.Locale.ROOT, "%04d", frameworks++));
  }

  OfferId nextOffer() {
    return new OfferId(masterId + "-O" + offers++);
  }
}
