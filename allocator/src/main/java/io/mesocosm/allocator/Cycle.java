package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** One allocation over all agents that are awake, and what wakes them. */
final class Cycle {
  /** With more takers than this to ask, all are asked: putting them in order would cost more. */
  private static final int FEW = 32;

  /** What tells two allocations of one cycle apart. */
  private record Recipient(Taker taker, AgentShare agent) {}

  private final AllocatorConfig config;
  private final SortedMap<AgentId, AgentShare> agents;
  private final RoleTree roles;
  private final QuotaLedger ledger;
  private final RefusalFilters filters;
  private final Eligibility eligibility;
  private final Holdings holdings;
  private final ResourceNames names;
  private final AgentOrder order;
  private final boolean ordered;

  /** Agents that something happened to since the last run, in the order it happened in. */
  private final Set<AgentShare> awake = new LinkedHashSet<>();

  /** Takers that something happened to since the last run: they look at all agents. */
  private final Set<Taker> wakers = new LinkedHashSet<>();

  /** Agents of which something was kept back for guarantees when they were last looked at. */
  private final Set<AgentShare> headroomHeld = new LinkedHashSet<>();

  /** Agents of which limits kept something back, from any role, when they were last looked at. */
  private final Set<AgentShare> limitHeld = new LinkedHashSet<>();

  /** Roles whose limits leave more room than at the last run: they look at {@link #limitHeld}. */
  private final Set<QuotaAccount> eased = new LinkedHashSet<>();

  /** Roles that lacked some of their guarantee when the run began and have takers. */
  private final List<QuotaAccount> unmet = new ArrayList<>();

  private boolean ownMinimums;
  private boolean again;
  private long run;

  Cycle(
      AllocatorConfig config,
      SortedMap<AgentId, AgentShare> agents,
      RoleTree roles,
      QuotaLedger ledger,
      RefusalFilters filters,
      Eligibility eligibility,
      Holdings holdings,
      ResourceNames names,
      AgentOrder order) {
    this.config = config;
    this.agents = agents;
    this.roles = roles;
    this.ledger = ledger;
    this.filters = filters;
    this.eligibility = eligibility;
    this.holdings = holdings;
    this.names = names;
    this.order = order;
    this.ordered =
        config.roleSorter() == SorterKind.DRF && config.frameworkSorter() == SorterKind.DRF;
  }

  void setOwnMinimums(boolean anyOwnMinimums) {
    ownMinimums = anyOwnMinimums;
  }

  /** How many agents the next run looks at. */
  int waiting() {
    return wakers.isEmpty() ? awake.size() : agents.size();
  }

  void wake(AgentShare agent) {
    agent.wakeAll();
    awake.add(agent);
  }

  void wake(Taker taker) {
    if (taker.isRanked()) {
      wakers.add(taker);
    }
  }

  void wakeAll() {
    agents.values().forEach(this::wake);
  }

  void forget(AgentShare agent) {
    ledger.replaceAvailable(agent.counted(), new Amounts());
    awake.remove(agent);
    headroomHeld.remove(agent);
    limitHeld.remove(agent);
  }

  /** Counts what is free on the agent as available for guarantees, if it can be offered. */
  void count(AgentShare agent) {
    Amounts counted = eligibility.isUsable(agent) ? names.ofOpen(agent.free()) : new Amounts();
    ledger.replaceAvailable(agent.counted(), counted);
    agent.setCounted(counted);
  }

  void expireFilters(Instant now) {
    for (RefusalFilters.Filter expired : filters.expire(now)) {
      expired.agent().wake(expired.taker());
      awake.add(expired.agent());
    }
  }

  List<Allocation> run(Instant now) {
    run++;
    wakeForRoom();
    List<AgentShare> looked = agentsToLookAt();
    Map<Recipient, Allocation> allocations = new LinkedHashMap<>();
    if (ledger.hasUnmetGuarantees()) {
      order.arrange(looked);
      look(looked, AgentRound.Stage.GUARANTEES, now, allocations);
    }
    order.arrange(looked);
    look(looked, AgentRound.Stage.EVERYTHING, now, allocations);
    awake.forEach(AgentShare::sleep);
    awake.clear();
    wakers.clear();
    eased.clear();
    wakeForShared(looked);
    return List.copyOf(allocations.values());
  }

  /**
   * A shared volume is offered once a run: who would have taken it with what else is there can have
   * both in the next. That ends when nobody takes it, or nothing else is left.
   */
  private void wakeForShared(List<AgentShare> looked) {
    again = false;
    for (AgentShare agent : looked) {
      if (agent.isSharedOfferedIn(run) && !agent.free().nonShared().isEmpty()) {
        wake(agent);
        again = true;
      }
    }
  }

  /** Whether the last run left something to the next that needs no other cause. */
  boolean isDueAgain() {
    return again;
  }

  private List<AgentShare> agentsToLookAt() {
    List<AgentShare> looked = new ArrayList<>();
    for (AgentShare agent : wakers.isEmpty() ? awake : agents.values()) {
      if (!agent.free().isEmpty() && eligibility.isUsable(agent)) {
        looked.add(agent);
      }
    }
    if (wakers.isEmpty() && !eased.isEmpty()) {
      // Such an agent is looked at for everybody when it comes to have anything to offer again.
      limitHeld.removeIf(agent -> agent.free().isEmpty() || !eligibility.isUsable(agent));
      for (AgentShare agent : limitHeld) {
        if (!awake.contains(agent)) {
          looked.add(agent);
        }
      }
    }
    return looked;
  }

  /** What quotas kept back may be had now, as far as anything was set free. */
  private void wakeForRoom() {
    unmet.clear();
    for (QuotaAccount account : ledger.accounts()) {
      if (account.isUnsatisfied() && roles.hasTakers(account.role())) {
        unmet.add(account);
      }
    }
    if (ledger.takeHeadroomGrew()) {
      headroomHeld.forEach(AgentShare::wakeForHeadroom);
      awake.addAll(headroomHeld);
    }
    eased.addAll(ledger.takeEased());
    eased.forEach(account -> account.setWithholding(false));
  }

  private void look(
      List<AgentShare> looked,
      AgentRound.Stage stage,
      Instant now,
      Map<Recipient, Allocation> allocations) {
    for (AgentShare agent : looked) {
      if (agent.free().isEmpty()
          || (stage == AgentRound.Stage.GUARANTEES && !ledger.hasUnmetGuarantees())) {
        continue;
      }
      Set<QuotaAccount> easedFor = easedFor(agent);
      if (wakers.isEmpty() && easedFor.isEmpty() && isNothingNewOn(agent)) {
        continue;
      }
      Allowance allowance = new Allowance(ledger, names);
      AgentRound round = round(agent, allowance, now);
      decide(round, agent, stage, easedFor);
      if (allowance.heldNames() != 0) {
        headroomHeld.add(agent);
        agent.setHeldNames(agent.heldNames() | allowance.heldNames());
      }
      if (allowance.isLimiting()) {
        limitHeld.add(agent);
        allowance.limited().forEach(account -> account.setWithholding(true));
      }
      for (AgentRound.Pick pick : round.picks()) {
        handOut(pick, agent, allocations);
      }
    }
  }

  private boolean isNothingNewOn(AgentShare agent) {
    return agent.isAwakeForNobody()
        || (unmet.isEmpty()
            && agent.isAwakeForHeadroomOnly()
            && !ledger.hasSurplusOf(agent.heldNames()));
  }

  /** Who may be able to take more of the agent because a limit leaves more room than before. */
  private Set<QuotaAccount> easedFor(AgentShare agent) {
    if (eased.isEmpty() || !limitHeld.contains(agent)) {
      return Set.of();
    }
    // Others may have taken all the room already; in one run there never comes to be more.
    eased.removeIf(account -> isFullAgain(account, !account.hasRoom()));
    boolean usualMinimums = agent.isFreePlain() && !ownMinimums;
    Set<QuotaAccount> some = new LinkedHashSet<>();
    for (QuotaAccount account : eased) {
      boolean full =
          (usualMinimums && account.isExhausted()) || !account.hasRoomFor(agent.counted());
      if (!isFullAgain(account, full)) {
        some.add(account);
      }
    }
    return some;
  }

  /** If it is full, it keeps back what it kept back before. */
  private static boolean isFullAgain(QuotaAccount account, boolean full) {
    if (full) {
      account.setWithholding(true);
    }
    return full;
  }

  AgentRound round(AgentShare agent, Allowance allowance, Instant now) {
    return new AgentRound(
        roles,
        eligibility,
        filters,
        config,
        ownMinimums,
        allowance,
        agent,
        !agent.isSharedOfferedIn(run),
        now);
  }

  private void decide(
      AgentRound round, AgentShare agent, AgentRound.Stage stage, Set<QuotaAccount> easedFor) {
    boolean surplus = agent.isAwakeForHeadroom() && ledger.hasSurplusOf(agent.heldNames());
    int takers = wakers.size() + agent.wakers().size();
    if (agent.isAwakeForAll() || surplus || !ordered || takers > FEW) {
      if (stage == AgentRound.Stage.EVERYTHING) {
        // Only now everybody is asked, and what is kept back again is noted again.
        headroomHeld.remove(agent);
        limitHeld.remove(agent);
        agent.setHeldNames(0);
      }
      round.askAll(stage);
      return;
    }
    Set<Taker> few = new LinkedHashSet<>(wakers);
    few.addAll(agent.wakers());
    few.removeIf(taker -> !taker.isRanked());
    Set<QuotaAccount> accounts = new LinkedHashSet<>(easedFor);
    if (agent.isAwakeForHeadroom()) {
      // Without a surplus only those can gain who are what it is kept for.
      accounts.addAll(unmet);
    }
    if (!accounts.isEmpty()) {
      few.forEach(taker -> accounts.add(taker.role().account()));
      round.askBelow(stage, roles.topLevelInOrder(accounts));
    } else if (!few.isEmpty()) {
      List<Taker> sorted = new ArrayList<>(few);
      sorted.sort(roles::compare);
      round.ask(stage, sorted);
    }
  }

  private void handOut(
      AgentRound.Pick pick, AgentShare agent, Map<Recipient, Allocation> allocations) {
    Taker taker = pick.taker();
    Resources taken = pick.resources().allocatedTo(taker.role().path());
    agent.allocate(taker.member().id(), taken, pick.resources());
    if (Kinds.haveShared(taken)) {
      agent.setSharedOfferedInRun(run);
    }
    holdings.add(taker, agent, taken, true);
    count(agent);
    allocations.merge(
        new Recipient(taker, agent),
        new Allocation(taker.member().id(), taker.role().path(), agent.id(), taken),
        (first, second) ->
            new Allocation(
                first.framework(),
                first.role(),
                first.agent(),
                first.resources().plus(second.resources())));
  }

  /** What a run would decide for the agent if it came now and began with it. */
  List<AgentRound.Pick> rehearse(AgentShare agent, Instant now) {
    run++;
    List<AgentRound.Pick> picks = new ArrayList<>();
    if (ledger.hasUnmetGuarantees()) {
      AgentRound first = round(agent, new Allowance(ledger, names), now);
      first.askAll(AgentRound.Stage.GUARANTEES);
      picks.addAll(first.picks());
    }
    // The second stage sees what the first handed out; and then it was not so.
    picks.forEach(pick -> handOut(pick, agent, new LinkedHashMap<>()));
    AgentRound second = round(agent, new Allowance(ledger, names), now);
    second.askAll(AgentRound.Stage.EVERYTHING);
    picks.forEach(pick -> takeBack(pick, agent));
    picks.addAll(second.picks());
    return picks;
  }

  private void takeBack(AgentRound.Pick pick, AgentShare agent) {
    Taker taker = pick.taker();
    Resources taken = pick.resources().allocatedTo(taker.role().path());
    agent.recover(taker.member().id(), taken);
    roles.uncountOffer(taker);
    holdings.subtract(taker.member().id(), agent, taken);
    count(agent);
  }

  /** What it would decide if only this taker were asked. */
  List<AgentRound.Pick> rehearse(AgentShare agent, Taker only, Instant now) {
    run++;
    AgentRound round = round(agent, new Allowance(ledger, names), now);
    round.ask(AgentRound.Stage.EVERYTHING, List.of(only));
    return round.picks();
  }
}
