package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
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
 * agent are together its total.
 *
 * <p>Not thread-safe: one owner. The same calls in the same order give the same answers.
 */
public interface Allocator {
  /**
   * Makes a framework known. It is active from the start; {@link #deactivateFramework} at once for
   * one that is not connected.
   *
   * @param roles those it subscribes to
   * @param suppressedRoles the ones of {@code roles} that it wants no offers for
   * @param gpuAware whether it may be offered agents with gpus (E3)
   */
  void addFramework(
      FrameworkId framework,
      SortedSet<String> roles,
      SortedSet<String> suppressedRoles,
      boolean gpuAware);

  /**
   * Replaces what {@link #addFramework} said. Roles that leave suppression lose their filters (F3).
   * Allocations in roles that it left stay until recovered. Unknown framework: ignored.
   */
  void updateFramework(
      FrameworkId framework,
      SortedSet<String> roles,
      SortedSet<String> suppressedRoles,
      boolean gpuAware);

  /** Forgets a framework and its filters. What it still holds is to be recovered, now or later. */
  void removeFramework(FrameworkId framework);

  /** Lets a framework be offered resources again. Idempotent; unknown framework: ignored. */
  void activateFramework(FrameworkId framework);

  /** Stops offers to a framework and clears its filters (F3). What it holds stays allocated. */
  void deactivateFramework(FrameworkId framework);

  /**
   * Makes an agent known, active from the start. An agent that is known already is replaced.
   *
   * @param total all its resources, allocated to nobody
   * @param allocated what is in use on it by framework, known to the allocator or not; each
   *     resource carries the role that it is allocated to
   */
  void addAgent(AgentId agent, Resources total, SortedMap<FrameworkId, Resources> allocated);

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
   * Hands out everything that is free and that somebody eligible would take. Looks only at the
   * agents for which anything changed since the last call, so that calling it often is cheap.
   *
   * @param now never before that of an earlier call
   * @return at most one allocation an agent and role, in the order they were decided in
   */
  List<Allocation> allocate(Instant now);

  /** When the next filter expires: an {@link #allocate} then may have something to hand out. */
  Optional<Instant> nextExpiry();

  /** One sentence why the framework is not offered the agent now; empty if it would be. */
  Optional<String> whyNot(FrameworkId framework, AgentId agent, Instant now);

  /**
   * Every role's part of the cluster, 0 to 1, by the resource that it has most of (S2). Roles that
   * hold nothing and that nobody subscribes to are left out.
   */
  SortedMap<String, Double> dominantShares();
}
