package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.access.Principal;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Resource;

/**
 * Reservations and volumes that operators make and undo: on what is not in use, taking offers back
 * if need be (contracts/mesos-operator-api.md O1, O2). Owned by the master's thread.
 */
final class OperatorResources {
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Operations operations;
  private final Outbox outbox;

  OperatorResources(
      Registry registry, Allocator allocator, Offers offers, Operations operations, Outbox outbox) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.operations = operations;
    this.outbox = outbox;
  }

  void apply(
      long request,
      AgentID agentId,
      Operation operation,
      Optional<Principal> principal,
      Instant now) {
    Optional<Agent> found = WireIds.agent(agentId).flatMap(registry::agent);
    if (found.isEmpty()) {
      outbox.refuse(request, 400, "No agent found with specified ID '" + agentId.getValue() + "'");
      return;
    }
    Agent agent = found.get();
    if (OperatorOperations.resources(operation).stream().anyMatch(Resource::hasAllocationInfo)) {
      outbox.refuse(
          request,
          400,
          "Invalid "
              + operation.getType()
              + " operation: 'allocation_info' is set, and an operator's resources are allocated to"
              + " nobody: leave it out");
      return;
    }
    switch (ResourceOperations.byOperator(operation, agent, principal)) {
      case ResourceOperations.Refused(String problem) ->
          outbox.refuse(request, 400, "Invalid " + operation.getType() + " operation: " + problem);
      case ResourceOperations.Conversion(Resources consumed, Resources converted) -> {
        if (operation.getType() == Operation.Type.DESTROY) {
          offers.rescindHolding(agent.id(), consumed.shared(), now);
        }
        if (!makeFree(agent, consumed, now)) {
          outbox.refuse(
              request,
              409,
              "Not enough unallocated resources on agent "
                  + agent.id()
                  + ": "
                  + consumed
                  + " needed, "
                  + allocator.free(agent.id())
                  + " free, even with all offers taken back");
          return;
        }
        if (!allocator.convertFree(agent.id(), consumed, converted)) {
          throw new IllegalStateException("what is free cannot be converted: " + consumed);
        }
        agent.convertTotal(consumed, converted);
        operations.start(agent, Optional.empty(), operation, now);
        outbox.accept(request);
        offers.allocateSoon(now);
      }
    }
  }

  /** Takes back as many offers of the agent as it needs; none if that would not help. */
  private boolean makeFree(Agent agent, Resources needed, Instant now) {
    List<Offer> outstanding = offers.on(agent.id());
    Resources possible = allocator.free(agent.id());
    for (Offer offer : outstanding) {
      possible = possible.plus(offer.resources().unallocated());
    }
    if (!possible.contains(needed)) {
      return false;
    }
    for (Offer offer : outstanding) {
      if (allocator.free(agent.id()).contains(needed)) {
        break;
      }
      offers.rescind(offer, now);
    }
    return allocator.free(agent.id()).contains(needed);
  }
}
