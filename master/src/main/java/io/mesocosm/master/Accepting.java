package io.mesocosm.master;

import static java.util.stream.Collectors.toSet;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.OfferId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * Turns accepted offers into tasks (contracts/mesos-scheduler-api.md §5, §6). An offer is taken out
 * of the books before anything else, so it is used once, whatever comes of its operations.
 */
final class Accepting {
  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Operations operations;
  private final OperationAccess access;
  private final Outbox outbox;

  Accepting(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Operations operations,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.operations = operations;
    this.access = new OperationAccess(config.authorizer());
    this.outbox = outbox;
  }

  void decline(Framework framework, Call.Decline call, Instant now) {
    outbox.count("master/messages_decline_offers");
    Optional<Instant> until = Filters.until(call.getFilters(), config.allocationInterval(), now);
    Set<Offer> declined = own(framework, call.getOfferIdsList());
    framework.tally().declined(declined.size());
    declined.forEach(offer -> offers.discard(offer, until, now));
  }

  void accept(Framework framework, Call.Accept call, Instant now) {
    outbox.count("master/messages_launch_tasks");
    Set<Offer> accepted = own(framework, call.getOfferIdsList());
    Optional<String> problem = problem(call, accepted);
    Optional<Agent> agent =
        accepted.stream().findFirst().flatMap(offer -> registry.agent(offer.agent()));
    if (problem.isPresent() || agent.isEmpty()) {
      accepted.forEach(offer -> offers.discard(offer, Optional.empty(), now));
      lose(framework, call, problem.orElse("Agent is gone"), now);
      return;
    }
    framework.tally().accepted(accepted.size());
    Resources remaining = Resources.NONE;
    String role = "*";
    for (Offer offer : accepted) {
      offers.take(offer);
      remaining = remaining.plus(offer.resources());
      role = offer.role();
    }
    AcceptedOffers.Leftover left =
        new AcceptedOffers(
                framework,
                agent.get(),
                role,
                remaining,
                access,
                allocator,
                offers,
                operations,
                outbox,
                now)
            .apply(call.getOperationsList());
    if (!left.untouched().isEmpty()) {
      Optional<Instant> until = Filters.until(call.getFilters(), config.allocationInterval(), now);
      allocator.recover(framework.id(), agent.get().id(), left.untouched(), until);
      offers.setDueTimer();
    }
    if (!left.made().isEmpty()) {
      allocator.recover(framework.id(), agent.get().id(), left.made(), Optional.empty());
    }
    offers.allocateSoon(now);
  }

  /** The offers of those ids that are outstanding and this framework's, each once. */
  private Set<Offer> own(Framework framework, List<OfferID> ids) {
    Set<Offer> found = new LinkedHashSet<>();
    for (OfferID id : ids) {
      if (Identifiers.problem(id.getValue()).isEmpty()) {
        offers
            .find(new OfferId(id.getValue()))
            .filter(offer -> offer.framework().equals(framework.id()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** L6, L7: all of them valid, distinct, of one agent and one role. */
  private static Optional<String> problem(Call.Accept call, Set<Offer> accepted) {
    if (call.getOfferIdsCount() == 0) {
      return Optional.of("No offers specified");
    }
    if (new LinkedHashSet<>(call.getOfferIdsList()).size() != call.getOfferIdsCount()) {
      return Optional.of("Duplicate offer ids in accept call");
    }
    if (accepted.size() < call.getOfferIdsCount()) {
      Set<String> valid = accepted.stream().map(offer -> offer.id().value()).collect(toSet());
      return call.getOfferIdsList().stream()
          .map(OfferID::getValue)
          .filter(id -> !valid.contains(id))
          .findFirst()
          .map(id -> "Offer " + id + " is no longer valid");
    }
    Set<AgentId> agents = new LinkedHashSet<>();
    Set<String> roles = new LinkedHashSet<>();
    accepted.forEach(offer -> agents.add(offer.agent()));
    accepted.forEach(offer -> roles.add(offer.role()));
    if (agents.size() > 1) {
      return Optional.of("Aggregated offers must belong to one single agent");
    }
    return roles.size() > 1
        ? Optional.of("Aggregated offers must be allocated to the same role")
        : Optional.empty();
  }

  private void lose(Framework framework, Call.Accept call, String problem, Instant now) {
    for (org.apache.mesos.v1.Protos.Offer.Operation operation : call.getOperationsList()) {
      for (TaskInfo task : tasks(operation)) {
        TaskState state = Statuses.aware(framework, TaskState.TASK_DROPPED);
        TaskStatus status =
            Statuses.of(
                task.getTaskId(),
                Optional.of(task.getAgentId()),
                state,
                TaskStatus.Reason.REASON_INVALID_OFFERS,
                "Task launched with invalid offers: " + problem,
                now);
        TaskMetrics.count(framework, state, status, outbox);
        outbox.toScheduler(framework, Statuses.update(status));
      }
      if (operation.hasId()) {
        outbox.toScheduler(
            framework,
            OperationMessages.event(
                OperationMessages.error(
                    operation.getId(), "Operation attempted with invalid offers: " + problem)));
      }
    }
  }

  private static List<TaskInfo> tasks(org.apache.mesos.v1.Protos.Offer.Operation operation) {
    List<TaskInfo> tasks = new ArrayList<>(operation.getLaunch().getTaskInfosList());
    tasks.addAll(operation.getLaunchGroup().getTaskGroup().getTasksList());
    return tasks;
  }
}
