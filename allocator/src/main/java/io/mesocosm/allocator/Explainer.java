package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says why: the rules in the order that an allocation goes through them, and for who comes first a
 * rehearsal of the allocation itself, so that the answer cannot differ from what would happen.
 */
final class Explainer {
  private final Holdings holdings;
  private final SortedMap<AgentId, AgentShare> agents;
  private final RoleTree roles;
  private final QuotaLedger ledger;
  private final RefusalFilters filters;
  private final Eligibility eligibility;
  private final Cycle cycle;
  private final ResourceNames names;

  Explainer(
      Holdings holdings,
      SortedMap<AgentId, AgentShare> agents,
      RoleTree roles,
      QuotaLedger ledger,
      RefusalFilters filters,
      Eligibility eligibility,
      Cycle cycle,
      ResourceNames names) {
    this.holdings = holdings;
    this.agents = agents;
    this.roles = roles;
    this.ledger = ledger;
    this.filters = filters;
    this.eligibility = eligibility;
    this.cycle = cycle;
    this.names = names;
  }

  List<Explanation> explain(
      FrameworkId framework,
      Optional<String> role,
      Optional<AgentId> agent,
      Instant now,
      boolean paused) {
    Member member = holdings.registered(framework);
    Collection<AgentId> asked = agent.<Collection<AgentId>>map(List::of).orElse(agents.keySet());
    SortedSet<String> ofFramework = member == null ? new TreeSet<>() : member.terms().roles();
    Collection<String> askedRoles =
        role.<Collection<String>>map(List::of)
            .orElse(ofFramework.isEmpty() ? List.of("*") : ofFramework);
    List<Explanation> explanations = new ArrayList<>();
    for (AgentId id : asked) {
      for (String each : askedRoles) {
        explanations.add(
            explain(new Explanation.Subject(framework, each, id), member, now, paused));
      }
    }
    return explanations;
  }

  private Explanation explain(
      Explanation.Subject subject,
      @org.jspecify.annotations.Nullable Member member,
      Instant now,
      boolean paused) {
    AgentShare agent = agents.get(subject.agent());
    if (member == null) {
      return new Explanation.NotSubscribed(subject, "the framework is not registered");
    }
    if (agent == null) {
      return new Explanation.NotSubscribed(subject, "the agent is not registered");
    }
    Taker taker = member.takersByRole().get(subject.role());
    if (taker == null || !member.terms().roles().contains(subject.role())) {
      return new Explanation.NotSubscribed(
          subject,
          "the framework does not subscribe to the role, only to "
              + (member.terms().roles().isEmpty()
                  ? "none"
                  : String.join(", ", member.terms().roles())));
    }
    return standing(subject, member, agent, paused)
        .or(() -> eligibility.obstacle(subject, taker, agent))
        .orElseGet(() -> decided(subject, taker, agent, now));
  }

  private Optional<Explanation> standing(
      Explanation.Subject subject, Member member, AgentShare agent, boolean paused) {
    if (paused) {
      return Optional.of(new Explanation.Paused(subject));
    }
    if (!member.isActive()) {
      return Optional.of(new Explanation.Disconnected(subject));
    }
    if (member.terms().suppressedRoles().contains(subject.role())) {
      return Optional.of(new Explanation.Suppressed(subject));
    }
    if (!agent.isActive()) {
      return Optional.of(new Explanation.AgentInactive(subject));
    }
    return eligibility.isWhitelisted(agent)
        ? Optional.empty()
        : Optional.of(new Explanation.NotWhitelisted(subject, agent.terms().hostname()));
  }

  private Explanation decided(
      Explanation.Subject subject, Taker taker, AgentShare agent, Instant now) {
    List<AgentRound.Pick> picks = cycle.rehearse(agent, now);
    Resources own = Resources.NONE;
    List<Explanation.NotInFairShareYet.Standing> before = new ArrayList<>();
    for (AgentRound.Pick pick : picks) {
      if (pick.taker().equals(taker)) {
        own = own.plus(pick.resources());
      } else {
        before.add(
            new Explanation.NotInFairShareYet.Standing(
                pick.taker().member().id(),
                pick.taker().role().path(),
                roles.share(pick.taker().role())));
      }
    }
    if (!own.isEmpty()) {
      return new Explanation.WouldBeOffered(subject, own);
    }
    if (!before.isEmpty() && !cycle.rehearse(agent, taker, now).isEmpty()) {
      return new Explanation.NotInFairShareYet(subject, roles.share(taker.role()), before);
    }
    return alone(subject, taker, agent, now);
  }

  /** Why it would get nothing even if nobody else were asked. */
  private Explanation alone(
      Explanation.Subject subject, Taker taker, AgentShare agent, Instant now) {
    Resources free = agent.free();
    if (free.isEmpty()) {
      return new Explanation.NothingFree(
          subject, new TreeMap<>(agent.allocated()), roles.share(taker.role()));
    }
    Allowance allowance = new Allowance(ledger, names);
    AgentRound round = cycle.round(agent, allowance, now);
    Resources visible = round.visible(taker.role());
    if (visible.isEmpty()) {
      SortedSet<String> owners = new TreeSet<>();
      free.entries().forEach(entry -> owners.add(entry.role()));
      return new Explanation.ReservedFor(subject, free, owners);
    }
    Resources offerable = round.withoutIdleShares(round.offerable(taker, visible));
    if (offerable.isEmpty()) {
      return new Explanation.LacksCapability(subject, visible, lacking(visible));
    }
    MinAllocatable minimum = eligibility.minimum(taker);
    Resources offer = round.withoutIdleShares(allowance.cut(taker.role().account(), offerable));
    if (!minimum.isReachedBy(offer)) {
      return minimum.isReachedBy(offerable)
          ? withheld(subject, taker.role().account(), allowance, offerable)
          : new Explanation.BelowMinAllocatable(subject, offerable, minimum);
    }
    return filters
        .hiddenUntil(taker, agent, offer, now)
        .<Explanation>map(until -> new Explanation.FilteredUntil(subject, offer, until))
        .orElseGet(() -> new Explanation.BelowMinAllocatable(subject, offer, minimum));
  }

  private static FrameworkCapability lacking(Resources visible) {
    Resource first = visible.entries().getFirst();
    if (first.revocable()) {
      return FrameworkCapability.REVOCABLE_RESOURCES;
    }
    return Kinds.isShared(first)
        ? FrameworkCapability.SHARED_RESOURCES
        : FrameworkCapability.RESERVATION_REFINEMENT;
  }

  /** Which of a limit and the guarantees of others kept it back. */
  private Explanation withheld(
      Explanation.Subject subject, QuotaAccount account, Allowance allowance, Resources offerable) {
    SortedMap<String, Scalar> headroom = new TreeMap<>();
    for (Resource entry : offerable.entries()) {
      if (!Kinds.isOpen(entry) || !(entry.value() instanceof Scalar scalar)) {
        continue;
      }
      int index = names.indexOf(entry.name());
      long room = account.room(index, 0);
      if (room < scalar.thousandths() && room <= allowance.allowed(account, index)) {
        return new Explanation.QuotaLimit(
            subject,
            account.role(),
            entry.name(),
            new Scalar(account.limit(index)),
            new Scalar(Math.max(0, account.consumed().at(index))));
      }
      if (allowance.allowed(account, index) < scalar.thousandths()) {
        headroom.put(entry.name(), new Scalar(ledger.required().at(index)));
      }
    }
    SortedSet<String> owed = new TreeSet<>();
    for (QuotaAccount other : ledger.accounts()) {
      if (other.isUnsatisfied()) {
        owed.add(other.role());
      }
    }
    return new Explanation.HeadroomHeld(subject, owed, headroom);
  }
}
