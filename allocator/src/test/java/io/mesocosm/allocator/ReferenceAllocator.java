package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The rules of contracts/mesos-allocation.md said as plainly as can be: nothing is kept that can be
 * calculated, every allocation sorts everything and looks at every agent, in order of their ids.
 */
final class ReferenceAllocator implements Allocator {
  private record Key(FrameworkId framework, String role) {}

  private record Filter(Key taker, AgentId agent, Resources refused, Instant until) {}

  private static final class Framework {
    FrameworkTerms terms = FrameworkTerms.of(new TreeSet<>());
    boolean active = true;
  }

  private final AllocatorConfig config;
  private final SortedMap<FrameworkId, Framework> frameworks = new TreeMap<>();
  private final SortedMap<AgentId, ReferenceAgent> agents = new TreeMap<>();
  private final SortedMap<String, Quota> quotas = new TreeMap<>();
  private final SortedMap<String, Double> weights = new TreeMap<>();
  private final Map<Key, Long> countByTaker = new LinkedHashMap<>();
  private final Map<String, Long> countByPath = new LinkedHashMap<>();
  private final List<Filter> filters = new ArrayList<>();
  private Optional<SortedSet<String>> whitelist = Optional.empty();
  private boolean paused;
  private long runs;

  ReferenceAllocator(AllocatorConfig config) {
    this.config = config;
  }

  /** As the other is now; frameworks are the same objects: to look ahead with, not to be told. */
  private ReferenceAllocator(ReferenceAllocator other) {
    this(other.config);
    frameworks.putAll(other.frameworks);
    other.agents.forEach((id, agent) -> agents.put(id, new ReferenceAgent(agent)));
    quotas.putAll(other.quotas);
    weights.putAll(other.weights);
    countByTaker.putAll(other.countByTaker);
    countByPath.putAll(other.countByPath);
    filters.addAll(other.filters);
    whitelist = other.whitelist;
    paused = other.paused;
  }

  @Override
  public void addFramework(FrameworkId framework, FrameworkTerms terms) {
    Framework added = new Framework();
    added.terms = terms;
    frameworks.put(framework, added);
    countByTaker.keySet().removeIf(key -> key.framework.equals(framework));
  }

  @Override
  public void updateFramework(FrameworkId framework, FrameworkTerms terms) {
    Framework known = frameworks.get(framework);
    if (known != null) {
      FrameworkTerms before = known.terms;
      known.terms = terms;
      filters.removeIf(filter ->
          filter.taker.framework.equals(framework)
              && (!terms.roles().contains(filter.taker.role)
                  || (before.suppressedRoles().contains(filter.taker.role)
                      && !terms.suppressedRoles().contains(filter.taker.role))));
      forgetCounts();
    }
  }

  @Override
  public void removeFramework(FrameworkId framework) {
    frameworks.remove(framework);
    filters.removeIf(filter -> filter.taker.framework.equals(framework));
    forgetCounts();
  }

  @Override
  public void activateFramework(FrameworkId framework) {
    Optional.ofNullable(frameworks.get(framework)).ifPresent(known -> known.active = true);
  }

  @Override
  public void deactivateFramework(FrameworkId framework) {
    Optional.ofNullable(frameworks.get(framework)).ifPresent(known -> known.active = false);
    filters.removeIf(filter -> filter.taker.framework.equals(framework));
  }

  @Override
  public void addAgent(
      AgentId agent, AgentTerms terms, SortedMap<FrameworkId, Resources> allocated) {
    removeAgent(agent);
    ReferenceAgent added = new ReferenceAgent(terms);
    added.held.putAll(allocated);
    agents.put(agent, added);
  }

  @Override
  public void updateAgent(AgentId agent, AgentTerms terms) {
    ReferenceAgent known = agents.get(agent);
    if (known != null) {
      if (!known.terms.attributes().equals(terms.attributes())) {
        filters.removeIf(filter -> filter.agent.equals(agent));
      }
      known.terms = terms;
    }
  }

  @Override
  public void removeAgent(AgentId agent) {
    agents.remove(agent);
    filters.removeIf(filter -> filter.agent.equals(agent));
    forgetCounts();
  }

  @Override
  public void activateAgent(AgentId agent) {
    Optional.ofNullable(agents.get(agent)).ifPresent(known -> known.active = true);
  }

  @Override
  public void deactivateAgent(AgentId agent) {
    Optional.ofNullable(agents.get(agent)).ifPresent(known -> known.active = false);
  }

  @Override
  public void recover(
      FrameworkId framework, AgentId agent, Resources allocated, Optional<Instant> refusedUntil) {
    ReferenceAgent known = agents.get(agent);
    if (known == null) {
      return;
    }
    known.held.put(framework, known.heldBy(framework).minus(allocated));
    Framework owner = frameworks.get(framework);
    if (refusedUntil.isPresent() && owner != null && owner.active) {
      Holdings.byRole(allocated)
          .forEach((role, refused) -> {
            if (owner.terms.roles().contains(role)) {
              filters.add(
                  new Filter(
                      new Key(framework, role), agent, refused.unallocated(), refusedUntil.get()));
            }
          });
    }
    forgetCounts();
  }

  @Override
  public void convertAllocated(
      FrameworkId framework, AgentId agent, Resources consumed, Resources converted) {
    ReferenceAgent known = Objects.requireNonNull(agents.get(agent));
    known.held.put(framework, known.heldBy(framework).convert(consumed, converted));
    known.terms =
        known.terms.withTotal(
            known.terms.total().convert(consumed.unallocated(), converted.unallocated()));
  }

  @Override
  public boolean convertFree(AgentId agent, Resources consumed, Resources converted) {
    ReferenceAgent known = agents.get(agent);
    if (known == null || !known.free().contains(consumed)) {
      return false;
    }
    known.terms = known.terms.withTotal(known.terms.total().convert(consumed, converted));
    return true;
  }

  @Override
  public Resources free(AgentId agent) {
    return agents.containsKey(agent) ? agents.get(agent).free() : Resources.NONE;
  }

  @Override
  public void revive(FrameworkId framework, SortedSet<String> roles) {
    Framework known = frameworks.get(framework);
    if (known != null) {
      SortedSet<String> revived = roles.isEmpty() ? known.terms.roles() : roles;
      SortedSet<String> suppressed = new TreeSet<>(known.terms.suppressedRoles());
      suppressed.removeAll(revived);
      known.terms = known.terms.withSuppressed(suppressed);
      filters.removeIf(filter ->
          filter.taker.framework.equals(framework) && revived.contains(filter.taker.role));
    }
  }

  @Override
  public void suppress(FrameworkId framework, SortedSet<String> roles) {
    Framework known = frameworks.get(framework);
    if (known != null) {
      SortedSet<String> suppressed = new TreeSet<>(known.terms.suppressedRoles());
      suppressed.addAll(roles.isEmpty() ? known.terms.roles() : roles);
      known.terms = known.terms.withSuppressed(suppressed);
    }
  }

  @Override
  public void setQuota(String role, Quota quota) {
    quotas.put(role, quota);
  }

  @Override
  public void setWeight(String role, double weight) {
    weights.put(role, weight);
  }

  @Override
  public void setWhitelist(Optional<SortedSet<String>> hostnames) {
    whitelist = hostnames;
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
    filters.removeIf(filter -> !filter.until.isAfter(now));
    Map<List<Object>, Allocation> all = new LinkedHashMap<>();
    agents.values().forEach(agent -> agent.sharedOffered = false);
    for (boolean guarantees : paused ? new boolean[0] : new boolean[] {true, false}) {
      for (AgentId id : agents.keySet()) {
        if (isUsable(agents.get(id))) {
          allocate(id, guarantees, all);
        }
      }
    }
    return List.copyOf(all.values());
  }

  private boolean isUsable(ReferenceAgent agent) {
    return agent.active
        && (whitelist.isEmpty() || whitelist.get().contains(agent.terms.hostname()));
  }

  private void allocate(AgentId id, boolean guarantees, Map<List<Object>, Allocation> all) {
    ReferenceAgent agent = Objects.requireNonNull(agents.get(id));
    for (Key taker : inOrder(takers())) {
      Resources offer = offer(taker, id, guarantees);
      if (offer.isEmpty()) {
        continue;
      }
      Resources taken = offer.allocatedTo(taker.role);
      agent.sharedOffered |= !offer.shared().isEmpty();
      agent.held.merge(taker.framework, taken, Resources::plus);
      countByTaker.merge(taker, 1L, Long::sum);
      countByPath.merge(taker.role + "/.", 1L, Long::sum);
      for (String path : RolePaths.pathsOf(taker.role)) {
        countByPath.merge(path, 1L, Long::sum);
      }
      all.merge(
          List.of(taker, id),
          new Allocation(taker.framework, taker.role, id, taken),
          (one, two) ->
              new Allocation(
                  taker.framework, taker.role, id, one.resources().plus(two.resources())));
    }
  }

  private List<Key> takers() {
    List<Key> takers = new ArrayList<>();
    frameworks.forEach((id, framework) -> {
      for (String role : framework.terms.roles()) {
        if (framework.active && !framework.terms.suppressedRoles().contains(role)) {
          takers.add(new Key(id, role));
        }
      }
    });
    return takers;
  }

  private Resources offer(Key taker, AgentId id, boolean guarantees) {
    ReferenceAgent agent = Objects.requireNonNull(agents.get(id));
    FrameworkTerms terms = Objects.requireNonNull(frameworks.get(taker.framework)).terms;
    String top = RolePaths.pathsOf(taker.role).getFirst();
    boolean hidden =
        (!agent.terms.total().scalar("gpus").isEmpty()
                && !terms.has(FrameworkCapability.GPU_RESOURCES))
            || (terms.has(FrameworkCapability.MULTI_ROLE)
                && !agent.terms.capabilities().contains(AgentCapability.MULTI_ROLE))
            || (taker.role.contains("/")
                && !agent.terms.capabilities().contains(AgentCapability.HIERARCHICAL_ROLE))
            || (terms.constraintsByRole().containsKey(taker.role)
                && !terms.constraintsByRole().get(taker.role).test(agent.terms));
    if (hidden || (guarantees && !lacks(top))) {
      return Resources.NONE;
    }
    boolean shareAlone =
        agent.held.values().stream().allMatch(resources -> resources.shared().isEmpty());
    Resources offer =
        agent
            .free()
            .filter(entry ->
                entry.isAllocatableTo(taker.role)
                    && (!entry.revocable() || terms.has(FrameworkCapability.REVOCABLE_RESOURCES))
                    && (!entry.isRefined() || terms.has(FrameworkCapability.RESERVATION_REFINEMENT))
                    && (!entry.shared()
                        || (terms.has(FrameworkCapability.SHARED_RESOURCES)
                            && !agent.sharedOffered)));
    boolean[] serves = new boolean[1];
    offer = cut(offer, top, serves);
    if (offer.nonShared().isEmpty() && !shareAlone) {
      return Resources.NONE;
    }
    MinAllocatable minimum =
        terms.minAllocatableByRole().getOrDefault(taker.role, config.minAllocatable());
    Resources decided = offer;
    boolean refused =
        filters.stream()
            .anyMatch(filter ->
                filter.taker.equals(taker)
                    && filter.agent.equals(id)
                    && filter.refused.contains(decided));
    return refused || !minimum.isReachedBy(offer) || (guarantees && !serves[0])
        ? Resources.NONE
        : offer;
  }

  private Resources cut(Resources offer, String top, boolean[] serves) {
    SortedMap<String, Long> left = new TreeMap<>();
    List<Resource> kept = new ArrayList<>();
    for (Resource entry : offer.entries()) {
      serves[0] |= entry.isReserved();
      if (entry.isReserved() || entry.revocable() || !(entry.value() instanceof Scalar amount)) {
        kept.add(entry);
        continue;
      }
      long most = left.computeIfAbsent(entry.name(), name -> allowed(top, name));
      long part = Math.min(most, amount.thousandths());
      if (!entry.isDivisible() && part < amount.thousandths()) {
        part = 0;
      }
      left.put(entry.name(), most - part);
      serves[0] |= part > 0 && missing(top, entry.name()) > 0;
      kept.add(entry.withValue(new Scalar(part)));
    }
    return Resources.of(kept);
  }

  private long allowed(String top, String name) {
    long available = 0;
    for (ReferenceAgent agent : agents.values()) {
      available += isUsable(agent) ? ReferenceAgent.openOf(agent.free(), name) : 0;
    }
    long required = 0;
    for (String role : quotas.keySet()) {
      required += missing(role, name);
    }
    long fromHeadroom = missing(top, name) + Math.max(0, available - required);
    Scalar limit = quotas.getOrDefault(top, Quota.NONE).limits().get(name);
    return limit == null
        ? fromHeadroom
        : Math.min(fromHeadroom, Math.max(0, limit.thousandths() - consumed(top, name)));
  }

  private boolean lacks(String top) {
    return quotas.getOrDefault(top, Quota.NONE).guarantees().keySet().stream()
        .anyMatch(name -> missing(top, name) > 0);
  }

  private long missing(String top, String name) {
    Scalar guarantee = quotas.getOrDefault(top, Quota.NONE).guarantees().get(name);
    return guarantee == null ? 0 : Math.max(0, guarantee.thousandths() - consumed(top, name));
  }

  private long consumed(String top, String name) {
    long consumed = 0;
    for (ReferenceAgent agent : agents.values()) {
      consumed +=
          agent
              .terms
              .total()
              .reserved()
              .filter(entry -> RolePaths.isWithin(top, entry.role()))
              .scalar(name)
              .thousandths();
      for (Resources held : agent.held.values()) {
        consumed +=
            ReferenceAgent.openOf(
                held.filter(entry -> RolePaths.isWithin(top, entry.allocationRole().orElseThrow())),
                name);
      }
    }
    return consumed;
  }

  private List<Key> inOrder(List<Key> takers) {
    List<Key> sorted = new ArrayList<>(takers);
    sorted.sort((left, right) -> {
      List<String> one = RolePaths.branchesOf(left.role);
      List<String> two = RolePaths.branchesOf(right.role);
      for (int i = 0; i < Math.min(one.size(), two.size()); i++) {
        if (!one.get(i).equals(two.get(i))) {
          return rank(one.get(i)).compareTo(rank(two.get(i)));
        }
      }
      return rank(left).compareTo(rank(right));
    });
    return sorted;
  }

  private ReferenceRank rank(String path) {
    return new ReferenceRank(share(path), countByPath.getOrDefault(path, 0L), path);
  }

  private ReferenceRank rank(Key taker) {
    return new ReferenceRank(
        shareOf(taker), countByTaker.getOrDefault(taker, 0L), taker.framework.toString());
  }

  private double shareOf(Key taker) {
    return share((framework, role) -> framework.equals(taker.framework) && role.equals(taker.role));
  }

  private double share(String path) {
    return path.endsWith("/.")
        ? share((_, role) -> path.equals(role + "/."))
        : share((_, role) -> RolePaths.isWithin(path, role)) / weights.getOrDefault(path, 1.0);
  }

  private double share(BiPredicate<FrameworkId, String> counts) {
    SortedMap<String, Scalar> totals = totals();
    double share = 0;
    for (var each : held(counts).entrySet()) {
      long total = totals.getOrDefault(each.getKey(), Scalar.ZERO).thousandths();
      share = total > 0 ? Math.max(share, (double) each.getValue().thousandths() / total) : share;
    }
    return share;
  }

  private SortedMap<String, Scalar> totals() {
    SortedMap<String, Scalar> totals = new TreeMap<>();
    for (ReferenceAgent agent : agents.values()) {
      agent
          .terms
          .total()
          .scalarQuantities()
          .forEach((name, amount) -> totals.merge(name, amount, Scalar::plus));
    }
    return totals;
  }

  private SortedMap<String, Scalar> held(BiPredicate<FrameworkId, String> counts) {
    SortedMap<String, Scalar> held = new TreeMap<>();
    for (ReferenceAgent agent : agents.values()) {
      Set<Resource> shared = new HashSet<>();
      agent.held.forEach((framework, resources) -> {
        for (Resource entry : resources.entries()) {
          if (entry.value() instanceof Scalar amount
              && counts.test(framework, entry.allocationRole().orElseThrow())
              && (!entry.shared() || shared.add(entry.allocatedTo(Optional.empty())))) {
            held.merge(entry.name(), amount, Scalar::plus);
          }
        }
      });
    }
    return held;
  }

  /** Who neither subscribes nor holds scalars begins anew with counting. */
  private void forgetCounts() {
    countByTaker
        .keySet()
        .removeIf(key -> {
          Framework known = frameworks.get(key.framework);
          Collection<String> roles = known == null ? List.of() : known.terms.roles();
          return !roles.contains(key.role) && holdsNoScalars(key);
        });
  }

  private boolean holdsNoScalars(Key key) {
    return agents.values().stream()
        .allMatch(agent ->
            agent
                .held
                .getOrDefault(key.framework, Resources.NONE)
                .scalars()
                .filter(entry -> entry.allocationRole().orElseThrow().equals(key.role))
                .isEmpty());
  }

  @Override
  public Optional<Instant> nextDue() {
    return filters.stream().map(Filter::until).min(Instant::compareTo);
  }

  /** Whether, not why: whoever is offered nothing reads who holds what. */
  @Override
  public List<Explanation> explain(
      FrameworkId framework, Optional<String> role, Optional<AgentId> agent, Instant now) {
    Framework known = Objects.requireNonNull(frameworks.get(framework));
    List<Explanation> explanations = new ArrayList<>();
    for (String each : role.map(Set::of).orElse(known.terms.roles())) {
      for (AgentId id : agent.map(Set::of).orElse(agents.keySet())) {
        Explanation.Subject subject = new Explanation.Subject(framework, each, id);
        explanations.add(
            foretold(subject, now)
                .<Explanation>map(offer -> new Explanation.WouldBeOffered(subject, offer))
                .orElseGet(() ->
                    new Explanation.NothingFree(
                        subject,
                        Objects.requireNonNull(agents.get(id)).held,
                        shareOf(new Key(framework, each)))));
      }
    }
    return explanations;
  }

  private Optional<Resources> foretold(Explanation.Subject subject, Instant now) {
    ReferenceAllocator ahead = new ReferenceAllocator(this);
    ahead.filters.removeIf(filter -> !filter.until.isAfter(now));
    Map<List<Object>, Allocation> all = new LinkedHashMap<>();
    if (!paused && isUsable(Objects.requireNonNull(ahead.agents.get(subject.agent())))) {
      ahead.allocate(subject.agent(), true, all);
      ahead.allocate(subject.agent(), false, all);
    }
    Key taker = new Key(subject.framework(), subject.role());
    return Optional.ofNullable(all.get(List.<Object>of(taker, subject.agent())))
        .map(offer -> offer.resources().unallocated());
  }

  @Override
  public SortedMap<String, Double> dominantShares() {
    SortedSet<String> paths = new TreeSet<>();
    frameworks.values().forEach(framework -> paths.addAll(framework.terms.roles()));
    for (ReferenceAgent agent : agents.values()) {
      for (Resources held : agent.held.values()) {
        for (Resource entry : held.scalars().entries()) {
          paths.addAll(RolePaths.pathsOf(entry.allocationRole().orElseThrow()));
        }
      }
    }
    SortedMap<String, Double> shares = new TreeMap<>();
    paths.forEach(path -> shares.put(path, share((_, role) -> RolePaths.isWithin(path, role))));
    return shares;
  }

  @Override
  public SortedMap<String, Scalar> offeredOrAllocated(String role) {
    return held((_, holder) -> RolePaths.isWithin(role, holder));
  }

  @Override
  public SortedMap<String, Scalar> quotaConsumed(String role) {
    SortedMap<String, Scalar> consumed = new TreeMap<>();
    for (String name : List.of("cpus", "mem", "disk", "gpus")) {
      if (consumed(role, name) > 0) {
        consumed.put(name, new Scalar(consumed(role, name)));
      }
    }
    return consumed;
  }

  @Override
  public AllocatorFigures figures() {
    SortedMap<String, Integer> refusals = new TreeMap<>();
    filters.forEach(filter -> refusals.merge(filter.taker.role, 1, Integer::sum));
    SortedMap<String, Quota> set = new TreeMap<>(quotas);
    set.values().removeIf(Quota::isNone);
    SortedMap<String, SortedMap<String, Scalar>> consumed = new TreeMap<>();
    set.keySet().forEach(role -> consumed.put(role, quotaConsumed(role)));
    return new AllocatorFigures(
        runs,
        totals(),
        held((_, _) -> true),
        refusals,
        dominantShares(),
        set,
        consumed,
        agents.size());
  }
}
