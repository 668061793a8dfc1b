package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Divides the agents' resources among roles and, within a role, among frameworks. It only knows
 * what it is told: which agents and frameworks there are, and what comes back.
 *
 * <p>What {@link #allocate} hands out stays allocated, offered or in use, until {@link #recover}
 * brings it back or its agent is removed. At any time, what is allocated and what is free on an
 * agent are together its total, unless the total shrank below what was allocated already.
 *
 * <p>Not thread-safe: one owner. The same calls in the same order give the same answers. An
 * implementation that a flag names has a public constructor that takes an {@link AllocatorConfig}
 * and a {@link java.util.random.RandomGenerator}.
 */
public interface Allocator {
  /**
   * Makes a framework known. It is active from the start; {@link #deactivateFramework} at once for
   * one that is not connected.
   *
   * @throws IllegalStateException if it is known already
   */
  void addFramework(FrameworkId framework, FrameworkTerms terms);

  /**
   * Replaces what {@link #addFramework} said. Roles that leave suppression or are left lose their
   * filters (F3). Allocations in roles that it left stay until recovered. Unknown framework:
   * ignored.
   */
  void updateFramework(FrameworkId framework, FrameworkTerms terms);

  /** Forgets a framework and its filters. What it still holds is to be recovered, now or later. */
  void removeFramework(FrameworkId framework);

  /** Lets a framework be offered resources again. Idempotent; unknown framework: ignored. */
  void activateFramework(FrameworkId framework);

  /** Stops offers to a framework and clears its filters (F3). What it holds stays allocated. */
  void deactivateFramework(FrameworkId framework);

  /**
   * Makes an agent known, active from the start. An agent that is known already is replaced, with
   * all that was allocated on it.
   *
   * @param allocated what is in use on it by framework, known to the allocator or not; each
   *     resource carries the role that it is allocated to
   */
  void addAgent(AgentId agent, AgentTerms terms, SortedMap<FrameworkId, Resources> allocated);

  /**
   * Replaces what is known of an agent; what is allocated on it and whether it is active stay. The
   * total may shrink below what is allocated: nothing of such a resource is free then. Changed
   * attributes clear the filters for the agent (F3). Unknown agent: ignored.
   */
  void updateAgent(AgentId agent, AgentTerms terms);

  /** Forgets an agent, what is allocated on it and the filters for it. */
  void removeAgent(AgentId agent);

  /** Lets an agent's resources be offered again. Idempotent; unknown agent: ignored. */
  void activateAgent(AgentId agent);

  /** Stops offers of an agent's resources. What is allocated on it stays so. */
  void deactivateAgent(AgentId agent);

  /**
   * Takes resources back. Ignored if the agent is not known (it was removed, and all that was
   * allocated on it went with it).
   *
   * @param allocated what comes back, each resource with the role that it is allocated to; more
   *     than the framework holds on the agent is a broken invariant of the caller
   * @param refusedUntil set when the framework declined them: until then it is not offered these or
   *     fewer on this agent in this role (F1, F5). The caller applies default and cap (F2)
   * @throws IllegalStateException if the framework does not hold what comes back
   */
  void recover(
      FrameworkId framework, AgentId agent, Resources allocated, Optional<Instant> refusedUntil);

  /**
   * An operation (RESERVE, CREATE ...) on what the framework holds: it now holds {@code converted}
   * instead of {@code consumed}, and so does the agent's total. Both carry the allocation role.
   *
   * @throws IllegalStateException if the framework does not hold {@code consumed} on the agent
   */
  void convertAllocated(
      FrameworkId framework, AgentId agent, Resources consumed, Resources converted);

  /**
   * The same on free resources, by an operator; both are allocated to nobody.
   *
   * @return false, and nothing done, if they are not free now
   */
  boolean convertFree(AgentId agent, Resources consumed, Resources converted);

  /** What nobody holds or is offered on the agent, unallocated; nothing of an unknown agent. */
  Resources free(AgentId agent);

  /**
   * Ends suppression and clears filters.
   *
   * @param roles those it is for; empty for all of the framework's
   */
  void revive(FrameworkId framework, SortedSet<String> roles);

  /**
   * Stops offers in some roles; what is allocated stays so.
   *
   * @param roles those it is for; empty for all of the framework's
   */
  void suppress(FrameworkId framework, SortedSet<String> roles);

  /**
   * Sets what a role and the roles below it may count on and have at most; {@link Quota#NONE}
   * clears it. Nothing that is allocated is taken back (Q9).
   *
   * @throws IllegalArgumentException if the role is not a top-level role (Q1)
   */
  void setQuota(String role, Quota quota);

  /**
   * How much of what it competes for with its siblings a role is due; 1 unless set (S5).
   *
   * @throws IllegalArgumentException if the weight is not a positive finite number (W1)
   */
  void setWeight(String role, double weight);

  /** Offers only agents on these hosts (C6); empty: all. */
  void setWhitelist(Optional<SortedSet<String>> hostnames);

  /** Makes {@link #allocate} hand out nothing, e.g. while agents come back (C5). */
  void pause();

  /** Ends {@link #pause}. */
  void resume();

  /**
   * Hands out everything that is free and that somebody eligible would take. Looks only at the
   * agents for which anything changed since the last call, so that calling it often is cheap.
   *
   * @param now never before that of an earlier call
   * @return at most one allocation an agent, role and framework, in the order they were decided in
   */
  List<Allocation> allocate(Instant now);

  /**
   * When to {@link #allocate} again even if nothing happens before: once the next filter expires,
   * or at once where the last run has left something to the next. The time is then that of the last
   * run, and so not after now.
   *
   * @return empty where only a change can give an allocation something to hand out
   */
  Optional<Instant> nextDue();

  /**
   * Why a framework is not offered agents, or that it would be if {@link #allocate} came now and
   * looked at that agent first.
   *
   * @param role only this one; empty: all that the framework subscribes to
   * @param agent only this one; empty: all agents
   * @return one explanation for each role and agent
   */
  List<Explanation> explain(
      FrameworkId framework, Optional<String> role, Optional<AgentId> agent, Instant now);

  /**
   * Every role's part of the cluster, 0 to 1, by the resource that it has most of, not weighted
   * (S2). Roles that hold nothing and that nobody subscribes to are left out.
   */
  SortedMap<String, Double> dominantShares();

  /** What the role and the roles below it hold or are offered, reserved or not, on all agents. */
  SortedMap<String, Scalar> offeredOrAllocated(String role);

  /**
   * What counts against a top-level role's quota: unreserved allocations, offers included, and all
   * reservations of it and the roles below it (Q3).
   */
  SortedMap<String, Scalar> quotaConsumed(String role);

  AllocatorFigures figures();
}
