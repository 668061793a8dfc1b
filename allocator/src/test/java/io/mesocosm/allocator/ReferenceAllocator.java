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

  private static final class Agent {
    AgentTerms terms;
    boolean active = true;
    boolean sharedOffered;
    final SortedMap<FrameworkId, Resources> held = new TreeMap<>();

    Agent(AgentTerms terms) {
      this.terms = terms;
    }

    Resources heldBy(FrameworkId framework) {
      return held.getOrDefault(framework, Resources.NONE);
    }

    Resources free() {
      Resources used = Resources.NONE;
      for (Resources each : held.values()) {
        used = used.plus(each.nonShared().unallocated());
      }
      return terms.total().minusAtMost(used);
    }
  }

  private final AllocatorConfig config;
  private final SortedMap<FrameworkId, Framework> frameworks = new TreeMap<>();
  private final SortedMap<AgentId, Agent> agents = new TreeMap<>();
  private final SortedMap<String, Quota> quotas = new TreeMap<>();
  private final SortedMap<String, Double> weights = new TreeMap<>();
  private final Map<Key, Long> countByTaker = new LinkedHashMap<>();
  private final Map<String, Long> countByPath = new LinkedHashMap<>();
  private final List<Filter> filters = new ArrayList<>();
  private Optional<SortedSet<String>> whitelist = Optional.empty();
  private boolean paused;

  ReferenceAllocator(AllocatorConfig config) {
    this.config = config;
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
    Agent added = new Agent(terms);
    added.held.putAll(allocated);
    agents.put(agent, added);
  }

  @Override
  public void updateAgent(AgentId agent, AgentTerms terms) {
    Agent known = agents.get(agent);
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
    Agent known = agents.get(agent);
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
    Agent known = Objects.requireNonNull(agents.get(agent));
    known.held.put(framework, known.heldBy(framework).convert(consumed, converted));
    known.terms =
        known.terms.withTotal(
            known.terms.total().convert(consumed.unallocated(), converted.unallocated()));
  }

  @Override
  public boolean convertFree(AgentId agent, Resources consumed, Resources converted) {
    Agent known = agents.get(agent);
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

  private boolean isUsable(Agent agent) {
    return agent.active
        && (whitelist.isEmpty() || whitelist.get().contains(agent.terms.hostname()));
  }

  private void allocate(AgentId id, boolean guarantees, Map<List<Object>, Allocation> all) {
    Agent agent = Objects.requireNonNull(agents.get(id));
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
      for (String path : pathsOf(taker.role)) {
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
    Agent agent = Objects.requireNonNull(agents.get(id));
    FrameworkTerms terms = Objects.requireNonNull(frameworks.get(taker.framework)).terms;
    String top = pathsOf(taker.role).getFirst();
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
    for (Agent agent : agents.values()) {
      available += isUsable(agent) ? openOf(agent.free(), name) : 0;
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
    for (Agent agent : agents.values()) {
      consumed +=
          agent
              .terms
              .total()
              .reserved()
              .filter(entry -> isWithin(top, entry.role()))
              .scalar(name)
              .thousandths();
      for (Resources held : agent.held.values()) {
        consumed +=
            openOf(held.filter(entry -> isWithin(top, entry.allocationRole().orElseThrow())), name);
      }
    }
    return consumed;
  }

  private static long openOf(Resources resources, String name) {
    return resources.unreserved().nonRevocable().scalar(name).thousandths();
  }

  private static boolean isWithin(String ancestor, String role) {
    return role.equals(ancestor) || role.startsWith(ancestor + "/");
  }

  private List<Key> inOrder(List<Key> takers) {
    List<Key> sorted = new ArrayList<>(takers);
    sorted.sort((left, right) -> {
      List<String> one = branchesOf(left.role);
      List<String> two = branchesOf(right.role);
      for (int i = 0; i < Math.min(one.size(), two.size()); i++) {
        if (!one.get(i).equals(two.get(i))) {
          return compare(
              share(one.get(i)),
              countByPath.getOrDefault(one.get(i), 0L),
              one.get(i),
              share(two.get(i)),
              countByPath.getOrDefault(two.get(i), 0L),
              two.get(i));
        }
      }
      return compare(
          shareOf(left),
          countByTaker.getOrDefault(left, 0L),
          left.framework.toString(),
          shareOf(right),
          countByTaker.getOrDefault(right, 0L),
          right.framework.toString());
    });
    return sorted;
  }

  private static int compare(
      double share, long count, String name, double share2, long count2, String name2) {
    int order = Double.compare(share, share2);
    order = order == 0 ? Long.compare(count, count2) : order;
    return order == 0 ? name.compareTo(name2) : order;
  }

  private double shareOf(Key taker) {
    return share((framework, role) -> framework.equals(taker.framework) && role.equals(taker.role));
  }

  private double share(String path) {
    return path.endsWith("/.")
        ? share((_, role) -> path.equals(role + "/."))
        : share((_, role) -> isWithin(path, role)) / weights.getOrDefault(path, 1.0);
  }

  private double share(java.util.function.BiPredicate<FrameworkId, String> counts) {
    SortedMap<String, Long> held = new TreeMap<>();
    SortedMap<String, Long> totals = new TreeMap<>();
    for (Agent agent : agents.values()) {
      agent
          .terms
          .total()
          .scalarQuantities()
          .forEach((name, amount) -> totals.merge(name, amount.thousandths(), Long::sum));
      Set<Resource> shared = new HashSet<>();
      agent.held.forEach((framework, resources) -> {
        for (Resource entry : resources.entries()) {
          if (entry.value() instanceof Scalar amount
              && counts.test(framework, entry.allocationRole().orElseThrow())
              && (!entry.shared() || shared.add(entry.allocatedTo(Optional.empty())))) {
            held.merge(entry.name(), amount.thousandths(), Long::sum);
          }
        }
      });
    }
    double share = 0;
    for (var each : held.entrySet()) {
      long total = totals.getOrDefault(each.getKey(), 0L);
      share = total > 0 ? Math.max(share, (double) each.getValue() / total) : share;
    }
    return share;
  }

  private static List<String> pathsOf(String role) {
    List<String> paths = new ArrayList<>();
    for (int slash = role.indexOf('/'); slash >= 0; slash = role.indexOf('/', slash + 1)) {
      paths.add(role.substring(0, slash));
    }
    paths.add(role);
    return paths;
  }

  private static List<String> branchesOf(String role) {
    List<String> branches = pathsOf(role);
    branches.add(role + "/.");
    return branches;
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
  public Optional<Instant> nextExpiry() {
    return filters.stream().map(Filter::until).min(Instant::compareTo);
  }

  @Override
  public List<Explanation> explain(
      FrameworkId framework, Optional<String> role, Optional<AgentId> agent, Instant now) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SortedMap<String, Double> dominantShares() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SortedMap<String, Scalar> offeredOrAllocated(String role) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }
}
