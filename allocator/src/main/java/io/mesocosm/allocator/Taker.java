package io.mesocosm.allocator;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A framework in one of its roles: who offers are made to. */
final class Taker extends Standing {
  private final Member member;
  private final RoleNode role;
  private final Set<RefusalFilters.Filter> filters = new LinkedHashSet<>();

  /** Answers of the constraint by agent index: asked for already, and yes. */
  private final BitSet asked = new BitSet();

  private final BitSet met = new BitSet();

  Taker(Member member, RoleNode role) {
    super(member.id().toString(), 1);
    this.member = member;
    this.role = role;
  }

  Member member() {
    return member;
  }

  RoleNode role() {
    return role;
  }

  FrameworkTerms terms() {
    return member.terms();
  }

  Set<RefusalFilters.Filter> filters() {
    return filters;
  }

  /** Whether it is to be ranked: connected, subscribed and not suppressed (E1, E2). */
  boolean wantsOffers() {
    return member.isActive()
        && terms().roles().contains(role.path())
        && !terms().suppressedRoles().contains(role.path());
  }

  Optional<MinAllocatable> ownMinimum() {
    return Optional.ofNullable(terms().minAllocatableByRole().get(role.path()));
  }

  /** E6. */
  boolean isMetBy(AgentShare agent) {
    Predicate<AgentTerms> constraint = terms().constraintsByRole().get(role.path());
    if (constraint == null) {
      return true;
    }
    if (!asked.get(agent.index())) {
      asked.set(agent.index());
      met.set(agent.index(), constraint.test(agent.terms()));
    }
    return met.get(agent.index());
  }

  void forgetConstraintAnswers() {
    asked.clear();
  }

  void forgetConstraintAnswer(AgentShare agent) {
    asked.clear(agent.index());
  }

  @Override
  Ranking<?> siblings() {
    return role.own().takers();
  }
}
