package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Dominant-resource fairness in two levels: agent by agent, the role with the smallest dominant
 * share comes first, and in it the framework with the smallest; that framework takes everything on
 * the agent that its role may use (contracts/mesos-allocation.md C9, C10, S2, S3). Roles are
 * compared as equals of weight 1 whatever their path; a reservation is offered to its role and the
 * roles below it (R2).
 *
 * <p>Whether anybody can be offered an agent changes only with the agent, the frameworks and the
 * filters, never with shares. So the agents that need a look are the ones that something happened
 * to since the last one, and {@link #allocate} costs nothing for the others.
 */
public final class HierarchicalAllocator implements Allocator {
  /** Less than this is not worth an offer (E8). */
  private static final Scalar CPUS_MIN = Scalar.of(0.01);

  private static final Scalar MEM_MIN = Scalar.of(32);

  /** Why a framework is not offered an agent in one role. */
  private enum Obstacle {
    SUPPRESSED("the framework has suppressed offers for role "),
    NOTHING_FREE("too little is free on the agent for role "),
    REFUSED("the framework declined what is free on the agent, for role ");

    final String sentence;

    Obstacle(String sentence) {
      this.sentence = sentence;
    }
  }

  private static final class Subscriber {
    SortedSet<String> roles = new TreeSet<>();
    SortedSet<String> suppressedRoles = new TreeSet<>();
    boolean gpuAware;
    boolean active = true;

    void update(SortedSet<String> newRoles, SortedSet<String> suppressed, boolean newGpuAware) {
      roles = new TreeSet<>(newRoles);
      suppressedRoles = new TreeSet<>(suppressed);
      suppressedRoles.retainAll(roles);
      gpuAware = newGpuAware;
    }
  }

  private final RandomGenerator random;
  private final SortedMap<FrameworkId, Subscriber> subscribers = new TreeMap<>();
  private final SortedMap<AgentId, AgentShare> agents = new TreeMap<>();
  private final RefusalFilters filters = new RefusalFilters();
  private final ScalarSums totals = new ScalarSums();
  private final Sorter<String> roleSorter = new Sorter<>();
  private final SortedMap<String, Sorter<FrameworkId>> frameworkSorters = new TreeMap<>();

  /** Agents that something happened to since the last allocation. */
  private final SortedSet<AgentId> candidates = new TreeSet<>();

  /** Frameworks that take offers now, by role: derived from the subscribers. */
  private final SortedMap<String, SortedSet<FrameworkId>> takersByRole = new TreeMap<>();

  /**
   * @param random says which agent comes first in an allocation, so that it is not always the same
   */
  public HierarchicalAllocator(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void addFramework(
      FrameworkId framework,
      SortedSet<String> roles,
      SortedSet<String> suppressedRoles,
      boolean gpuAware) {
    Subscriber subscriber = new Subscriber();
    subscriber.update(roles, suppressedRoles, gpuAware);
    if (subscribers.putIfAbsent(framework, subscriber) != null) {
      throw new IllegalStateException("framework " + framework + " was added twice");
    }
    moreTakers();
  }

  @Override
  public void updateFramework(
      FrameworkId framework,
      SortedSet<String> roles,
      SortedSet<String> suppressedRoles,
      boolean gpuAware) {
    Subscriber subscriber = subscribers.get(framework);
    if (subscriber == null) {
      return;
    }
    SortedSet<String> suppressedBefore = subscriber.suppressedRoles;
    SortedSet<String> rolesBefore = subscriber.roles;
    subscriber.update(roles, suppressedRoles, gpuAware);
    for (String role : rolesBefore) {
      boolean left = !subscriber.roles.contains(role);
      boolean unsuppressed =
          suppressedBefore.contains(role) && !subscriber.suppressedRoles.contains(role);
      if (left || unsuppressed) {
        filters.clearRole(framework, role);
      }
    }
    moreTakers();
  }

  @Override
  public void removeFramework(FrameworkId framework) {
    subscribers.remove(framework);
    filters.clear(framework);
    frameworkSorters.values().forEach(sorter -> sorter.forget(framework));
    takersChanged();
  }

  @Override
  public void activateFramework(FrameworkId framework) {
    Subscriber subscriber = subscribers.get(framework);
    if (subscriber != null && !subscriber.active) {
      subscriber.active = true;
      moreTakers();
    }
  }

  @Override
  public void deactivateFramework(FrameworkId framework) {
    Subscriber subscriber = subscribers.get(framework);
    if (subscriber != null) {
      subscriber.active = false;
      filters.clear(framework);
      takersChanged();
    }
  }

  @Override
  public void addAgent(
      AgentId agent, Resources total, SortedMap<FrameworkId, Resources> allocated) {
    removeAgent(agent);
    AgentShare share = new AgentShare(total, allocated);
    agents.put(agent, share);
    totals.add(total);
    share
        .allocated()
        .forEach((framework, resources) ->
            byRole(resources).forEach((role, held) -> count(framework, role, held)));
    candidates.add(agent);
  }

  @Override
  public void removeAgent(AgentId agent) {
    AgentShare share = agents.remove(agent);
    if (share == null) {
      return;
    }
    totals.subtract(share.total());
    share
        .allocated()
        .forEach((framework, resources) ->
            byRole(resources).forEach((role, held) -> uncount(framework, role, held)));
    filters.clearAgent(agent);
    candidates.remove(agent);
  }

  @Override
  public void activateAgent(AgentId agent) {
    AgentShare share = agents.get(agent);
    if (share != null) {
      share.setActive(true);
      candidates.add(agent);
    }
  }

  @Override
  public void deactivateAgent(AgentId agent) {
    AgentShare share = agents.get(agent);
    if (share != null) {
      share.setActive(false);
    }
  }

  @Override
  public void recover(
      FrameworkId framework, AgentId agent, Resources allocated, Optional<Instant> refusedUntil) {
    AgentShare share = agents.get(agent);
    if (share == null || allocated.isEmpty()) {
      return;
    }
    share.recover(framework, allocated);
    candidates.add(agent);
    Subscriber subscriber = subscribers.get(framework);
    byRole(allocated)
        .forEach((role, resources) -> {
          uncount(framework, role, resources);
          // No filter for one that is gone or inactive: it is offered nothing anyway, and
          // starts afresh when it comes back (F3).
          if (subscriber != null && subscriber.active && subscriber.roles.contains(role)) {
            refusedUntil.ifPresent(
                until -> filters.add(framework, role, agent, resources.unallocated(), until));
          }
        });
  }

  @Override
  public void revive(FrameworkId framework, SortedSet<String> roles) {
    Subscriber subscriber = subscribers.get(framework);
    if (subscriber == null) {
      return;
    }
    for (String role : roles.isEmpty() ? List.copyOf(subscriber.roles) : roles) {
      subscriber.suppressedRoles.remove(role);
      filters.clearRole(framework, role);
    }
    moreTakers();
  }

  @Override
  public void suppress(FrameworkId framework, SortedSet<String> roles) {
    Subscriber subscriber = subscribers.get(framework);
    if (subscriber == null) {
      return;
    }
    subscriber.suppressedRoles.addAll(roles.isEmpty() ? subscriber.roles : roles);
    subscriber.suppressedRoles.retainAll(subscriber.roles);
    takersChanged();
  }

  @Override
  public List<Allocation> allocate(Instant now) {
    filters.expire(now).stream().filter(agents::containsKey).forEach(candidates::add);
    List<AgentId> order = new ArrayList<>(candidates);
    candidates.clear();
    if (order.size() > 1) {
      Collections.rotate(order, random.nextInt(order.size()));
    }
    List<Allocation> allocations = new ArrayList<>();
    for (AgentId agent : order) {
      AgentShare share = agents.get(agent);
      if (share != null && share.isActive() && !share.free().isEmpty()) {
        allocateAgent(agent, share, now, allocations);
      }
    }
    return allocations;
  }

  private void allocateAgent(
      AgentId agent, AgentShare share, Instant now, List<Allocation> allocations) {
    for (String role : roleSorter.inOrder(takersByRole.keySet(), totals)) {
      Resources offerable = offerable(share, role);
      if (!isWorthAnOffer(offerable)) {
        continue;
      }
      SortedSet<FrameworkId> takers = takersByRole.getOrDefault(role, Collections.emptySortedSet());
      for (FrameworkId framework : sorter(role).inOrder(takers, totals)) {
        Subscriber subscriber = subscribers.get(framework);
        boolean mayHaveAgent = subscriber != null && (subscriber.gpuAware || !share.hasGpus());
        if (mayHaveAgent && filters.hiddenUntil(framework, role, agent, offerable, now).isEmpty()) {
          Resources taken = offerable.allocatedTo(role);
          share.allocate(framework, taken);
          count(framework, role, taken);
          allocations.add(new Allocation(framework, role, agent, taken));
          break;
        }
      }
    }
  }

  @Override
  public Optional<Instant> nextExpiry() {
    return filters.nextExpiry();
  }

  @Override
  public Optional<String> whyNot(FrameworkId framework, AgentId agent, Instant now) {
    Subscriber subscriber = subscribers.get(framework);
    AgentShare share = agents.get(agent);
    if (subscriber == null) {
      return Optional.of("framework " + framework + " is not registered");
    }
    if (share == null) {
      return Optional.of("agent " + agent + " is not registered");
    }
    if (!subscriber.active) {
      return Optional.of("framework " + framework + " is not connected");
    }
    if (!share.isActive()) {
      return Optional.of("agent " + agent + " is not active");
    }
    if (subscriber.roles.isEmpty()) {
      return Optional.of("framework " + framework + " subscribes to no role");
    }
    if (share.hasGpus() && !subscriber.gpuAware) {
      return Optional.of(
          "agent " + agent + " has gpus and framework " + framework + " lacks GPU_RESOURCES");
    }
    List<String> reasons = new ArrayList<>();
    for (String role : subscriber.roles) {
      Optional<Obstacle> obstacle = obstacle(framework, subscriber, role, agent, share, now);
      if (obstacle.isEmpty()) {
        return Optional.empty();
      }
      reasons.add(obstacle.get().sentence + role);
    }
    return Optional.of(String.join("; ", reasons));
  }

  private Optional<Obstacle> obstacle(
      FrameworkId framework,
      Subscriber subscriber,
      String role,
      AgentId agent,
      AgentShare share,
      Instant now) {
    Resources offerable = offerable(share, role);
    if (subscriber.suppressedRoles.contains(role)) {
      return Optional.of(Obstacle.SUPPRESSED);
    }
    if (!isWorthAnOffer(offerable)) {
      return Optional.of(Obstacle.NOTHING_FREE);
    }
    return filters.hiddenUntil(framework, role, agent, offerable, now).map(_ -> Obstacle.REFUSED);
  }

  @Override
  public SortedMap<String, Double> dominantShares() {
    SortedSet<String> roles = roleSorter.holders();
    subscribers.values().forEach(subscriber -> roles.addAll(subscriber.roles));
    SortedMap<String, Double> shares = new TreeMap<>();
    roles.forEach(role -> shares.put(role, roleSorter.share(role, totals)));
    return shares;
  }

  private static Resources offerable(AgentShare share, String role) {
    Resources free = share.free();
    return free.entries().stream().allMatch(entry -> entry.isAllocatableTo(role))
        ? free
        : free.filter(entry -> entry.isAllocatableTo(role));
  }

  private static boolean isWorthAnOffer(Resources resources) {
    return resources.scalar("cpus").compareTo(CPUS_MIN) >= 0
        || resources.scalar("mem").compareTo(MEM_MIN) >= 0;
  }

  /** Somebody can be offered more than before: every agent needs a look. */
  private void moreTakers() {
    takersChanged();
    candidates.addAll(agents.keySet());
  }

  private void takersChanged() {
    takersByRole.clear();
    subscribers.forEach((framework, subscriber) -> {
      if (!subscriber.active) {
        return;
      }
      for (String role : subscriber.roles) {
        if (!subscriber.suppressedRoles.contains(role)) {
          takersByRole.computeIfAbsent(role, _ -> new TreeSet<>()).add(framework);
        }
      }
    });
  }

  private Sorter<FrameworkId> sorter(String role) {
    return frameworkSorters.computeIfAbsent(role, _ -> new Sorter<>());
  }

  private void count(FrameworkId framework, String role, Resources resources) {
    roleSorter.allocated(role, resources);
    sorter(role).allocated(framework, resources);
  }

  private void uncount(FrameworkId framework, String role, Resources resources) {
    roleSorter.recovered(role, resources);
    sorter(role).recovered(framework, resources);
    if (!subscribers.containsKey(framework)) {
      sorter(role).forget(framework);
    }
  }

  private static SortedMap<String, Resources> byRole(Resources allocated) {
    SortedMap<String, Resources> byRole = new TreeMap<>();
    for (Resource resource : allocated.entries()) {
      String role =
          resource
              .allocationRole()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "resource " + resource.name() + " must say which role it is allocated to"));
      byRole.merge(role, Resources.of(resource), Resources::plus);
    }
    return byRole;
  }
}
