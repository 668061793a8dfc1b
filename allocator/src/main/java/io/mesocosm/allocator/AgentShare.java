package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One agent as the allocator sees it: its total, who holds what of it, what is free, and for whom
 * the next allocation has to look at it. Shared volumes are free whoever holds them (D9).
 */
final class AgentShare {
  private final AgentId id;
  private final int index;
  private final SortedMap<FrameworkId, Resources> allocated = new TreeMap<>();

  /** Only ever looked up by taker or dropped as a whole, so its order does not matter. */
  private final Map<Taker, List<RefusalFilters.Filter>> filters = new HashMap<>();

  /** How often a shared resource is held below a standing: it counts once there (S7). */
  private final SortedMap<String, Map<Standing, Integer>> sharedHolds = new TreeMap<>();

  private final Set<Taker> wakers = new LinkedHashSet<>();
  private boolean awakeForHeadroom;
  private long heldNames;
  private AgentTerms terms;
  private Resources free = Resources.NONE;
  private boolean freePlain;
  private boolean overdrawn;
  private boolean active = true;
  private boolean wakeAll;
  private Amounts totals = new Amounts();
  private Amounts counted = new Amounts();
  private Scalar gpus = Scalar.ZERO;
  private long sharedOfferedInRun = -1;

  AgentShare(AgentId id, int index, AgentTerms terms) {
    this.id = id;
    this.index = index;
    this.terms = terms;
    setTerms(terms);
  }

  AgentId id() {
    return id;
  }

  /** A small number that no other agent known now has. */
  int index() {
    return index;
  }

  AgentTerms terms() {
    return terms;
  }

  void setTerms(AgentTerms newTerms) {
    terms = newTerms;
    gpus = newTerms.total().scalar("gpus");
    setFree(unused());
  }

  Resources free() {
    return free;
  }

  /** Whether all that is free is for anybody. */
  boolean isFreePlain() {
    return freePlain;
  }

  SortedMap<FrameworkId, Resources> allocated() {
    return allocated;
  }

  Resources heldBy(FrameworkId framework) {
    return allocated.getOrDefault(framework, Resources.NONE);
  }

  boolean isActive() {
    return active;
  }

  void setActive(boolean nowActive) {
    active = nowActive;
  }

  Scalar gpus() {
    return gpus;
  }

  Map<Taker, List<RefusalFilters.Filter>> filters() {
    return filters;
  }

  /** The part of the cluster's totals that it is counted with. */
  Amounts totals() {
    return totals;
  }

  void setTotals(Amounts newTotals) {
    totals = newTotals;
  }

  /** The part of what is available for guarantees that it is counted with. */
  Amounts counted() {
    return counted;
  }

  void setCounted(Amounts newCounted) {
    counted = newCounted;
  }

  void setSharedOfferedInRun(long run) {
    sharedOfferedInRun = run;
  }

  boolean isSharedOfferedIn(long run) {
    return sharedOfferedInRun == run;
  }

  /** Everybody may be able to take something new. */
  void wakeAll() {
    wakeAll = true;
    wakers.clear();
  }

  /** Guarantees may leave more of it to others. */
  void wakeForHeadroom() {
    awakeForHeadroom = true;
  }

  /** Of which resources something was kept back for guarantees. */
  long heldNames() {
    return heldNames;
  }

  void setHeldNames(long nameBits) {
    heldNames = nameBits;
  }

  boolean isAwakeForHeadroomOnly() {
    return awakeForHeadroom && !wakeAll && wakers.isEmpty();
  }

  boolean isAwakeForNobody() {
    return !awakeForHeadroom && !wakeAll && wakers.isEmpty();
  }

  boolean isAwakeForHeadroom() {
    return awakeForHeadroom;
  }

  void wake(Taker taker) {
    if (!wakeAll) {
      wakers.add(taker);
    }
  }

  boolean isAwakeForAll() {
    return wakeAll;
  }

  Set<Taker> wakers() {
    return wakers;
  }

  void sleep() {
    wakeAll = false;
    awakeForHeadroom = false;
    wakers.clear();
  }

  /** Hands out what was free. */
  void allocate(FrameworkId framework, Resources taken, Resources unallocated) {
    allocated.merge(framework, taken, Resources::plus);
    setFree(free.minus(Kinds.withoutShared(unallocated)));
  }

  /** Notes what is in use on an agent that is new. */
  void hold(FrameworkId framework, Resources resources) {
    if (!resources.isEmpty()) {
      allocated.merge(framework, resources, Resources::plus);
    }
    setFree(unused());
  }

  void recover(FrameworkId framework, Resources resources) {
    release(framework, resources);
    if (overdrawn) {
      setFree(unused());
    } else {
      setFree(free.plus(Kinds.withoutShared(resources).unallocated()));
    }
  }

  /** What it holds becomes something else, in the total as well. */
  void convert(
      FrameworkId framework, Resources consumed, Resources converted, AgentTerms newTerms) {
    release(framework, consumed);
    if (!converted.isEmpty()) {
      allocated.merge(framework, converted, Resources::plus);
    }
    setTerms(newTerms);
  }

  private void release(FrameworkId framework, Resources resources) {
    Resources held = heldBy(framework);
    if (!held.contains(resources)) {
      throw new IllegalStateException(
          "framework " + framework + " holds " + held + " on agent " + id + ", not " + resources);
    }
    Resources left = held.minus(resources);
    if (left.isEmpty()) {
      allocated.remove(framework);
    } else {
      allocated.put(framework, left);
    }
  }

  /** Whether a shared resource is now held below the standing for the first time. */
  boolean beginShare(Resource resource, int times, Standing standing) {
    return sharedHolds
            .computeIfAbsent(key(resource), _ -> new HashMap<>())
            .merge(standing, times, Integer::sum)
        == times;
  }

  /** Whether a shared resource is now no longer held below the standing. */
  boolean endShare(Resource resource, int times, Standing standing) {
    Map<Standing, Integer> holds = sharedHolds.get(key(resource));
    if (holds == null) {
      return false;
    }
    Integer left = holds.merge(standing, -times, Integer::sum);
    if (left <= 0) {
      holds.remove(standing);
    }
    if (holds.isEmpty()) {
      sharedHolds.remove(key(resource));
    }
    return left == 0;
  }

  boolean isShareHeld(Resource resource) {
    return sharedHolds.containsKey(key(resource));
  }

  private static String key(Resource resource) {
    return resource.allocatedTo(Optional.empty()).toString();
  }

  private void setFree(Resources newFree) {
    free = newFree;
    freePlain = Kinds.arePlain(newFree);
  }

  /**
   * The total less what is in use. An agent can come back with less than its tasks use; then what
   * is overdrawn is not free, and the rest is.
   */
  private Resources unused() {
    Resources used = Resources.NONE;
    for (Resources held : allocated.values()) {
      used = used.plus(Kinds.withoutShared(held).unallocated());
    }
    overdrawn = !terms.total().contains(used);
    return terms.total().minusAtMost(used);
  }
}
