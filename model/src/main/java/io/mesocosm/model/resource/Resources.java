package io.mesocosm.model.resource;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A collection of resources in which whatever adds up is added up, and nothing is empty. Immutable;
 * equal amounts are equal values whatever order they were added in.
 *
 * <p>What is taken as a whole (see {@link Resource#isDivisible}) is counted: a shared volume that
 * is held twice stands once in {@link #entries()} with a {@link #count} of 2, and counts once in
 * sums (M5, M7); any other is another entry each time.
 *
 * <p>This is the innermost loop of master and allocator, so: resources are kept sorted, two
 * collections are merged in one pass, entries that do not change are passed on as they are, and a
 * result that equals an operand is that operand. The hash and the sums of scalars are calculated
 * once, when first asked for; several threads may do so at one time and then come to the same.
 */
public final class Resources {
  public static final Resources NONE = new Resources(new Resource[0], new int[0]);

  private final Resource[] items;

  /** Parallel to the items; of no length if each is there once, which is nearly always so. */
  private final int[] counts;

  private int hash;
  private @Nullable SortedMap<String, Scalar> scalarQuantities;

  Resources(Resource[] items, int[] counts) {
    this.items = items;
    this.counts = counts;
  }

  public static Resources of(Resource... resources) {
    return resources.length == 1 && !resources[0].value().isEmpty()
        ? new Resources(resources.clone(), NONE.counts)
        : of(Arrays.asList(resources));
  }

  /** Adds up the resources given. Throws if one name comes with values of different types. */
  public static Resources of(Iterable<Resource> resources) {
    List<Resource> present = new ArrayList<>();
    for (Resource resource : resources) {
      if (!resource.value().isEmpty()) {
        present.add(resource);
      }
    }
    present.sort(ResourceOrder::compare);
    ResourceMerge sum = new ResourceMerge(present.size());
    for (Resource resource : present) {
      sum.join(resource, 1);
    }
    return sum.result(NONE);
  }

  /** Adds up whole collections; what is shared is counted in each. */
  public static Resources sum(Iterable<Resources> all) {
    Resources sum = NONE;
    for (Resources resources : all) {
      sum = sum.plus(resources);
    }
    return sum;
  }

  /** Sorted by name; no entry is empty; a shared volume stands once. */
  public List<Resource> entries() {
    return new Entries(items);
  }

  /** How many times the shared volume is held; for others how many entries are equal to it. */
  public int count(Resource resource) {
    int count = 0;
    for (int i = 0; i < items.length; i++) {
      if (items[i].equals(resource)) {
        count += countAt(i);
      }
    }
    return count;
  }

  public boolean isEmpty() {
    return items.length == 0;
  }

  public Resources plus(Resources other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    ResourceMerge sum = new ResourceMerge(items.length + other.items.length);
    int left = 0;
    int right = 0;
    while (left < items.length && right < other.items.length) {
      Resource one = items[left];
      Resource two = other.items[right];
      int compared = ResourceOrder.compare(one, two);
      if (compared < 0) {
        sum.append(one, countAt(left++));
      } else if (compared > 0) {
        sum.append(two, other.countAt(right++));
      } else if (one.isDivisible()) {
        sum.append(ResourceMerge.added(one, two), 1);
        left++;
        right++;
      } else if (one.shared()) {
        sum.append(one, countAt(left++) + other.countAt(right++));
      } else {
        sum.append(one, 1);
        left++;
      }
    }
    while (left < items.length) {
      sum.append(items[left], countAt(left++));
    }
    while (right < other.items.length) {
      sum.append(other.items[right], other.countAt(right++));
    }
    return sum.result(this);
  }

  /** Takes away what must be contained; asking for more is a broken invariant of the caller. */
  public Resources minus(Resources other) {
    Resources rest = subtract(other, true);
    if (rest == null) {
      throw new IllegalStateException("cannot subtract " + other + " from " + this);
    }
    return rest;
  }

  /** Takes away what is asked for if all of it is contained. */
  public Optional<Resources> tryMinus(Resources other) {
    return Optional.ofNullable(subtract(other, true));
  }

  /** Takes away what there is of what is asked for. */
  public Resources minusAtMost(Resources other) {
    Resources rest = subtract(other, false);
    return rest == null ? this : rest;
  }

  /** Null if {@code exact} and the other is not contained. */
  private @Nullable Resources subtract(Resources other, boolean exact) {
    if (other.isEmpty()) {
      return this;
    }
    ResourceMerge rest = new ResourceMerge(items.length);
    int left = 0;
    int right = 0;
    while (left < items.length && right < other.items.length) {
      Resource from = items[left];
      Resource taken = other.items[right];
      int compared = ResourceOrder.compare(from, taken);
      if (compared < 0) {
        rest.append(from, countAt(left++));
        continue;
      }
      boolean enough =
          compared == 0
              && (from.isDivisible()
                  ? Value.contains(from.value(), taken.value())
                  : countAt(left) >= other.countAt(right));
      if (exact && !enough) {
        return null;
      }
      if (compared > 0) {
        right++;
      } else if (from.isDivisible()) {
        rest.appendRest(from, taken);
        left++;
        right++;
      } else {
        rest.append(from, Math.max(0, countAt(left++) - other.countAt(right++)));
      }
    }
    if (exact && right < other.items.length) {
      return null;
    }
    while (left < items.length) {
      rest.append(items[left], countAt(left++));
    }
    return rest.result(this);
  }

  public boolean contains(Resources other) {
    int left = 0;
    for (int right = 0; right < other.items.length; right++) {
      Resource wanted = other.items[right];
      int compared = -1;
      while (left < items.length && (compared = ResourceOrder.compare(items[left], wanted)) < 0) {
        left++;
      }
      boolean enough =
          compared == 0
              && (wanted.isDivisible()
                  ? Value.contains(items[left].value(), wanted.value())
                  : countAt(left) >= other.countAt(right));
      if (!enough) {
        return false;
      }
      left++;
    }
    return true;
  }

  /**
   * What an operation makes of these (M8).
   *
   * @throws IllegalStateException if what is consumed is not contained
   */
  public Resources convert(Resources consumed, Resources converted) {
    return minus(consumed).plus(converted);
  }

  /** As {@link #convert}. */
  public Resources convert(Conversions.Conversion conversion) {
    return convert(conversion.consumed(), conversion.converted());
  }

  public Resources filter(Predicate<Resource> predicate) {
    ResourceMerge kept = new ResourceMerge(items.length);
    for (int i = 0; i < items.length; i++) {
      if (predicate.test(items[i])) {
        kept.append(items[i], countAt(i));
      }
    }
    return kept.result(this);
  }

  public Resources map(UnaryOperator<Resource> change) {
    for (int i = 0; i < items.length; i++) {
      Resource changed = change.apply(items[i]);
      if (!isSame(changed, items[i])) {
        return mapFrom(i, changed, change);
      }
    }
    return this;
  }

  /**
   * Nothing before {@code first} changes. Mostly the order stays, so that nothing is to be done.
   */
  private Resources mapFrom(int first, Resource firstChanged, UnaryOperator<Resource> change) {
    Resource[] changed = items.clone();
    boolean sorted = true;
    for (int i = first; i < items.length; i++) {
      changed[i] = i == first ? firstChanged : change.apply(items[i]);
      sorted &=
          !changed[i].value().isEmpty()
              && changed[i].shared() == items[i].shared()
              && (i == 0 || ResourceMerge.isInOrder(changed[i - 1], changed[i]));
    }
    if (sorted) {
      return new Resources(changed, counts);
    }
    List<Resource> all = new ArrayList<>();
    for (int i = 0; i < changed.length; i++) {
      // What was shared and is no more is one thing, however many held it.
      int times = changed[i].shared() ? countAt(i) : 1;
      all.addAll(Collections.nCopies(times, changed[i]));
    }
    return of(all);
  }

  /** The same resources, allocated to {@code role}. */
  public Resources allocatedTo(String role) {
    Optional<String> allocation = Optional.of(role);
    return map(resource -> resource.allocatedTo(allocation));
  }

  /** The same resources, allocated to nobody. */
  public Resources unallocated() {
    return map(resource -> resource.allocatedTo(Optional.empty()));
  }

  public Resources reserved() {
    return filter(Resource::isReserved);
  }

  /** What is reserved for that very role, not for those above or below it. */
  public Resources reserved(String role) {
    return filter(resource -> resource.isReserved() && resource.role().equals(role));
  }

  public Resources unreserved() {
    return filter(resource -> !resource.isReserved());
  }

  public Resources revocable() {
    return filter(Resource::revocable);
  }

  public Resources nonRevocable() {
    return filter(resource -> !resource.revocable());
  }

  public Resources shared() {
    return filter(Resource::shared);
  }

  public Resources nonShared() {
    return filter(resource -> !resource.shared());
  }

  public Resources persistentVolumes() {
    return filter(Resource::isPersistentVolume);
  }

  public Resources scalars() {
    return filter(resource -> resource.value() instanceof Scalar);
  }

  /** The same resources with each shared volume held once. */
  public Resources sharedOnce() {
    return counts.length == 0 ? this : new Resources(items, NONE.counts);
  }

  /**
   * The largest part of these whose scalars stay within the limits: amounts are cut, and what is
   * taken as a whole is left out if it does not fit (Q8). What is whole is chosen first, in order,
   * since the rest can fill what is left. A name without a limit, and what is no scalar, stays.
   */
  public Resources cappedTo(SortedMap<String, Scalar> limits) {
    SortedMap<String, Scalar> left = new TreeMap<>(limits);
    Resource[] parts = items.clone();
    for (boolean divisible : new boolean[] {false, true}) {
      for (int i = 0; i < items.length; i++) {
        Scalar limit = left.get(items[i].name());
        if (limit == null
            || items[i].isDivisible() != divisible
            || !(items[i].value() instanceof Scalar amount)) {
          continue;
        }
        Scalar part = divisible || amount.compareTo(limit) <= 0 ? amount.min(limit) : Scalar.ZERO;
        left.put(items[i].name(), limit.minus(part));
        parts[i] = part.equals(amount) ? items[i] : items[i].withValue(part);
      }
    }
    ResourceMerge capped = new ResourceMerge(items.length);
    for (int i = 0; i < parts.length; i++) {
      capped.append(parts[i], parts[i].value().isEmpty() ? 0 : countAt(i));
    }
    return capped.result(this);
  }

  /** The sum of all scalars of that name, whatever their reservations. */
  public Scalar scalar(String name) {
    Scalar sum = Scalar.ZERO;
    for (Resource item : items) {
      if (item.value() instanceof Scalar scalar && item.name().equals(name)) {
        sum = sum.isEmpty() ? scalar : sum.plus(scalar);
      }
    }
    return sum;
  }

  /** All ranges of that name together, e.g. {@code ports}. */
  public Ranges ranges(String name) {
    Ranges sum = Ranges.NONE;
    for (Resource item : items) {
      if (item.value() instanceof Ranges ranges && item.name().equals(name)) {
        sum = sum.plus(ranges);
      }
    }
    return sum;
  }

  /**
   * Sums of the scalars by name, each shared volume once: what fairness and quota count
   * (contracts/mesos-allocation.md M7). Unmodifiable.
   */
  public SortedMap<String, Scalar> scalarQuantities() {
    SortedMap<String, Scalar> quantities = scalarQuantities;
    if (quantities == null) {
      SortedMap<String, Scalar> sums = new TreeMap<>();
      for (Resource item : items) {
        if (item.value() instanceof Scalar scalar) {
          sums.merge(item.name(), scalar, Scalar::plus);
        }
      }
      quantities = Collections.unmodifiableSortedMap(sums);
      scalarQuantities = quantities;
    }
    return quantities;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Resources that
        && (hash == 0 || that.hash == 0 || hash == that.hash)
        && Arrays.equals(items, that.items)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = 31 * Arrays.hashCode(items) + Arrays.hashCode(counts);
    }
    return hash;
  }

  /** As users write them: {@code cpus(*):4; mem(*):1024; ports(*):[31000-32000]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < items.length; i++) {
      text.append(text.isEmpty() ? "" : "; ").append(items[i]);
      if (countAt(i) > 1) {
        text.append(" held ").append(countAt(i)).append(" times");
      }
    }
    return text.toString();
  }

  private int countAt(int index) {
    return counts.length == 0 ? 1 : counts[index];
  }

  /** Whether the merge came to nothing else than what this is. */
  boolean isMadeOf(Resource[] others, int[] otherCounts, int size) {
    if (size != items.length) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (!isSame(items[i], others[i])
          || countAt(i) != (otherCounts.length == 0 ? 1 : otherCounts[i])) {
        return false;
      }
    }
    return true;
  }

  // Asks for the very same object: unchanged entries are passed on, and to compare would be dear.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Resource left, Resource right) {
    return left == right;
  }

  private static final class Entries extends AbstractList<Resource> implements RandomAccess {
    private final Resource[] items;

    Entries(Resource[] items) {
      this.items = items;
    }

    @Override
    public Resource get(int index) {
      return items[index];
    }

    @Override
    public int size() {
      return items.length;
    }
  }
}
