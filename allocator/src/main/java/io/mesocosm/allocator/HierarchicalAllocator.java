package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Dominant-resource fairness in a hierarchy of roles and, in each, among frameworks: agent by
 * agent, who has the smallest weighted share comes first and takes everything on the agent that it
 * may have (contracts/mesos-allocation.md C9, C10, §4), within quotas (§6) and past what it refused
 * (§3).
 *
 * <p>Whether anybody can be offered an agent changes with the agent, the frameworks, the filters
 * and the room that quotas leave, never with shares. So an agent needs a look only when one of
 * these changed: it is <em>awake</em>, for everybody or for a few takers (a framework in a role)
 * for whom something changed; and when a taker changed, all agents are looked at for its sake
 * alone. What a quota kept back wakes its agents when anything is set free again. Orders are kept,
 * not made: see {@link Ranking}.
 */
public final class HierarchicalAllocator implements Allocator {
  private final AllocatorConfig config;
  private final ResourceNames names = new ResourceNames();
  private final Fairness fairness;
  private final RoleTree roles;
  private final QuotaLedger ledger = new QuotaLedger();
  private final RefusalFilters filters = new RefusalFilters();
  private final Eligibility eligibility;
  private final Holdings holdings;
  private final Cycle cycle;
  private final Explainer explainer;
  private final SortedMap<AgentId, AgentShare> agents = new TreeMap<>();
  private final BitSet agentIndexes = new BitSet();
  private final Set<Member> withMinimums = new LinkedHashSet<>();
  private boolean paused;
  private long runs;
  private Instant lastRun = Instant.MIN;

  /**
   * @param random says in which order agents are looked at (C7), so that it is not always the same,
   *     and draws the lots of the random sorters
   */
  public HierarchicalAllocator(AllocatorConfig config, RandomGenerator random) {
    this(config, random, AgentOrder.shuffledBy(random));
  }

  HierarchicalAllocator(AllocatorConfig config, RandomGenerator random, AgentOrder order) {
    this.config = config;
    this.fairness = new Fairness(names, config.fairSharingExcludedNames());
    this.roles = new RoleTree(config, names, fairness, random);
    this.eligibility = new Eligibility(config);
    this.holdings = new Holdings(roles, ledger, names, fairness);
    this.cycle =
        new Cycle(config, agents, roles, ledger, filters, eligibility, holdings, names, order);
    this.explainer =
        new Explainer(holdings, agents, roles, ledger, filters, eligibility, cycle, names);
  }

  @Override
  public void addFramework(FrameworkId framework, FrameworkTerms terms) {
    Member member = holdings.member(framework);
    if (member.isRegistered()) {
      throw new IllegalStateException("framework " + framework + " was added twice");
    }
    member.register(terms);
    terms.roles().forEach(role -> holdings.taker(member, role));
    member.takersByRole().values().forEach(Standing::forgetAllocations);
    termsChanged(member);
  }

  @Override
  public void updateFramework(FrameworkId framework, FrameworkTerms terms) {
    Member member = holdings.registered(framework);
    if (member == null) {
      return;
    }
    FrameworkTerms before = member.terms();
    member.setTerms(terms);
    terms.roles().forEach(role -> holdings.taker(member, role));
    for (Taker taker : member.takersByRole().values()) {
      String role = taker.role().path();
      boolean unsuppressed =
          before.suppressedRoles().contains(role) && !terms.suppressedRoles().contains(role);
      if (unsuppressed || !terms.roles().contains(role)) {
        filters.clear(taker);
      }
      taker.forgetConstraintAnswers();
    }
    termsChanged(member);
    holdings.prune(member);
  }

  @Override
  public void removeFramework(FrameworkId framework) {
    Member member = holdings.registered(framework);
    if (member == null) {
      return;
    }
    member.unregister();
    member.takersByRole().values().forEach(filters::clear);
    member.takersByRole().values().forEach(Taker::forgetConstraintAnswers);
    termsChanged(member);
    holdings.prune(member);
  }

  @Override
  public void activateFramework(FrameworkId framework) {
    Member member = holdings.registered(framework);
    if (member != null && !member.isActive()) {
      member.setActive(true);
      termsChanged(member);
    }
  }

  @Override
  public void deactivateFramework(FrameworkId framework) {
    Member member = holdings.registered(framework);
    if (member != null) {
      member.setActive(false);
      member.takersByRole().values().forEach(filters::clear);
      termsChanged(member);
    }
  }

  /** Ranks a framework's takers as it is now, and has all agents looked at for them. */
  private void termsChanged(Member member) {
    for (Taker taker : member.takersByRole().values()) {
      roles.rank(taker, taker.wantsOffers());
      cycle.wake(taker);
    }
    if (member.terms().minAllocatableByRole().isEmpty()) {
      withMinimums.remove(member);
    } else {
      withMinimums.add(member);
    }
    cycle.setOwnMinimums(!withMinimums.isEmpty());
  }

  @Override
  public void addAgent(
      AgentId agent, AgentTerms terms, SortedMap<FrameworkId, Resources> allocated) {
    removeAgent(agent);
    int index = agentIndexes.nextClearBit(0);
    agentIndexes.set(index);
    AgentShare share = new AgentShare(agent, index, terms);
    agents.put(agent, share);
    holdings.replaceTotal(share, Resources.NONE, terms.total());
    allocated.forEach((framework, resources) -> {
      share.hold(framework, resources);
      holdings.add(framework, share, resources);
    });
    agentChanged(share);
  }

  @Override
  public void updateAgent(AgentId agent, AgentTerms terms) {
    AgentShare share = agents.get(agent);
    if (share == null) {
      return;
    }
    AgentTerms before = share.terms();
    share.setTerms(terms);
    if (!before.attributes().equals(terms.attributes())) {
      filters.clear(share);
    }
    forgetConstraintAnswers(share);
    holdings.replaceTotal(share, before.total(), terms.total());
    agentChanged(share);
  }

  @Override
  public void removeAgent(AgentId agent) {
    AgentShare share = agents.remove(agent);
    if (share == null) {
      return;
    }
    filters.clear(share);
    forgetConstraintAnswers(share);
    share
        .allocated()
        .forEach((framework, resources) -> holdings.subtract(framework, share, resources));
    holdings.replaceTotal(share, share.terms().total(), Resources.NONE);
    agentIndexes.clear(share.index());
    cycle.forget(share);
    ledger.noteRoom();
  }

  private void forgetConstraintAnswers(AgentShare share) {
    for (RoleNode node : roles.nodes().values()) {
      for (Taker taker : node.own().members().values()) {
        if (!taker.terms().constraintsByRole().isEmpty()) {
          taker.forgetConstraintAnswer(share);
        }
      }
    }
  }

  @Override
  public void activateAgent(AgentId agent) {
    AgentShare share = agents.get(agent);
    if (share != null && !share.isActive()) {
      share.setActive(true);
      agentChanged(share);
    }
  }

  @Override
  public void deactivateAgent(AgentId agent) {
    AgentShare share = agents.get(agent);
    if (share != null && share.isActive()) {
      share.setActive(false);
      agentChanged(share);
    }
  }

  private void agentChanged(AgentShare share) {
    cycle.count(share);
    ledger.noteRoom();
    cycle.wake(share);
  }

  @Override
  public void recover(
      FrameworkId framework, AgentId agent, Resources allocated, Optional<Instant> refusedUntil) {
    AgentShare share = agents.get(agent);
    if (share == null || allocated.isEmpty()) {
      return;
    }
    share.recover(framework, allocated);
    Member member = holdings.registered(framework);
    if (refusedUntil.isPresent() && member != null && member.isActive()) {
      Holdings.byRole(allocated)
          .forEach((role, refused) -> {
            if (member.terms().roles().contains(role)) {
              Taker taker = holdings.taker(member, role);
              filters.add(taker, share, refused.unallocated(), refusedUntil.get());
            }
          });
    }
    holdings.subtract(framework, share, allocated);
    agentChanged(share);
  }

  @Override
  public void convertAllocated(
      FrameworkId framework, AgentId agent, Resources consumed, Resources converted) {
    AgentShare share = agents.get(agent);
    if (share == null) {
      throw new IllegalStateException(
          "agent " + agent + " is not known and so cannot convert " + consumed);
    }
    Resources before = share.terms().total();
    Resources after = before.minus(consumed.unallocated()).plus(converted.unallocated());
    share.convert(framework, consumed, converted, share.terms().withTotal(after));
    holdings.add(framework, share, converted);
    holdings.subtract(framework, share, consumed);
    holdings.replaceTotal(share, before, after);
    agentChanged(share);
  }

  @Override
  public boolean convertFree(AgentId agent, Resources consumed, Resources converted) {
    AgentShare share = agents.get(agent);
    if (share == null || !share.free().contains(consumed)) {
      return false;
    }
    Resources before = share.terms().total();
    Resources after = before.minus(consumed).plus(converted);
    share.setTerms(share.terms().withTotal(after));
    holdings.replaceTotal(share, before, after);
    agentChanged(share);
    return true;
  }

  @Override
  public Resources free(AgentId agent) {
    AgentShare share = agents.get(agent);
    return share == null ? Resources.NONE : share.free();
  }

  @Override
  public void revive(FrameworkId framework, SortedSet<String> someRoles) {
    Member member = holdings.registered(framework);
    if (member == null) {
      return;
    }
    SortedSet<String> suppressed = new TreeSet<>(member.terms().suppressedRoles());
    for (Taker taker : member.takersByRole().values()) {
      String role = taker.role().path();
      if (someRoles.isEmpty() || someRoles.contains(role)) {
        suppressed.remove(role);
        filters.clear(taker);
      }
    }
    suppress(member, suppressed);
    for (Taker taker : member.takersByRole().values()) {
      if (someRoles.isEmpty() || someRoles.contains(taker.role().path())) {
        cycle.wake(taker);
      }
    }
  }

  @Override
  public void suppress(FrameworkId framework, SortedSet<String> someRoles) {
    Member member = holdings.registered(framework);
    if (member == null) {
      return;
    }
    SortedSet<String> suppressed = new TreeSet<>(member.terms().suppressedRoles());
    suppressed.addAll(someRoles.isEmpty() ? member.terms().roles() : someRoles);
    suppress(member, suppressed);
  }

  private void suppress(Member member, SortedSet<String> suppressed) {
    member.setTerms(member.terms().withSuppressed(suppressed));
    member.takersByRole().values().forEach(taker -> roles.rank(taker, taker.wantsOffers()));
  }

  @Override
  public void setQuota(String role, Quota quota) {
    if (role.isEmpty() || role.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "role '" + role + "' cannot have a quota: only a top-level role can");
    }
    RoleNode node = roles.node(role);
    ledger.setQuota(node.account(), quota);
    roles.prune(node);
    cycle.wakeAll();
  }

  @Override
  public void setWeight(String role, double weight) {
    if (!Double.isFinite(weight) || weight <= 0) {
      throw new IllegalArgumentException(
          "weight " + weight + " of role '" + role + "' must be finite and more than 0");
    }
    roles.setWeight(role, weight);
  }

  @Override
  public void setWhitelist(Optional<SortedSet<String>> hostnames) {
    eligibility.setWhitelist(hostnames.map(TreeSet::new));
    for (AgentShare share : agents.values()) {
      cycle.count(share);
    }
    ledger.noteRoom();
    cycle.wakeAll();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public List<Allocation> allocate(Instant now) {
    runs++;
    lastRun = now;
    cycle.expireFilters(now);
    return paused ? List.of() : cycle.run(now);
  }

  @Override
  public Optional<Instant> nextDue() {
    return !paused && cycle.isDueAgain() ? Optional.of(lastRun) : filters.nextExpiry();
  }

  @Override
  public List<Explanation> explain(
      FrameworkId framework, Optional<String> role, Optional<AgentId> agent, Instant now) {
    return explainer.explain(framework, role, agent, now, paused);
  }

  @Override
  public SortedMap<String, Double> dominantShares() {
    SortedMap<String, Double> shares = new TreeMap<>();
    for (RoleNode node : roles.nodes().values()) {
      boolean subscribed =
          node.own().members().values().stream()
              .anyMatch(taker -> taker.terms().roles().contains(node.path()));
      if (subscribed || !node.held().isZero()) {
        shares.put(node.path(), roles.share(node));
      }
    }
    return shares;
  }

  @Override
  public SortedMap<String, Scalar> offeredOrAllocated(String role) {
    RoleNode node = roles.find(role);
    return node == null ? new TreeMap<>() : names.scalars(node.held());
  }

  @Override
  public SortedMap<String, Scalar> quotaConsumed(String role) {
    RoleNode node = roles.find(role);
    return node == null ? new TreeMap<>() : names.scalars(node.account().consumed());
  }

  @Override
  public AllocatorFigures figures() {
    SortedMap<String, Quota> quotas = new TreeMap<>();
    SortedMap<String, SortedMap<String, Scalar>> consumed = new TreeMap<>();
    for (QuotaAccount account : ledger.accounts()) {
      quotas.put(account.role(), account.quota());
      consumed.put(account.role(), names.scalars(account.consumed()));
    }
    return new AllocatorFigures(
        runs,
        names.scalars(fairness.totals()),
        names.scalars(roles.root().held()),
        filters.countByRole(),
        dominantShares(),
        quotas,
        consumed,
        cycle.waiting());
  }

  /** The part of the configuration that explanations and tests ask for. */
  AllocatorConfig config() {
    return config;
  }

  /** All agents that are known, for tests of what always holds. */
  List<AgentShare> shares() {
    return new ArrayList<>(agents.values());
  }
}
