package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;

/** What a timer of the master is for; the value is the timer's key. */
public sealed interface MasterTimer {
  /** Offer what is free. */
  record Allocate() implements MasterTimer {}

  /** Agents of an earlier master have had their time to come back. */
  record ReregistrationOver() implements MasterTimer {}

  /** As {@link Allocate}: a refusal has run out, or the last allocation has left something over. */
  record AllocateLater() implements MasterTimer {}

  /** Agents are back that limits had to allow for while it was not known what they run. */
  record QuotaLimitsDue() implements MasterTimer {}

  /** A refused inverse offer may be made again. */
  record InverseOffersDue() implements MasterTimer {}

  /** An offer has been held for too long. */
  record OfferTimeout(OfferId offer) implements MasterTimer {}

  /** Ask an agent for a sign of life. */
  record PingAgent(AgentId agent) implements MasterTimer {}

  /** A disconnected agent has not come back. */
  record AgentLost(AgentId agent) implements MasterTimer {}

  /** The rate limit lets another agent become unreachable. */
  record AgentLossDue() implements MasterTimer {}

  /** Trim the lists of unreachable and gone agents. */
  record RegistryTrim() implements MasterTimer {}

  /** Try again what the registry did not take. */
  record RegistryRetry() implements MasterTimer {}

  /** A disconnected framework has not come back. */
  record FrameworkFailover(FrameworkId framework) implements MasterTimer {}
}
