package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A collection of resources in which no two are of the same kind and none is empty. Immutable;
 * equal amounts are equal values whatever order they were added in.
 */
public final class Resources {
  public static final Resources NONE = new Resources(List.of());

  private static final Comparator<Resource> ORDER =
      Comparator.comparing(Resource::name)
          .thenComparing(resource -> resource.reservations().toString())
          .thenComparing(resource -> resource.allocationRole().orElse(""))
          .thenComparing(Resource::revocable);

  private final List<Resource> entries;

  private Resources(List<Resource> entries) {
    this.entries = entries;
  }

  public static Resources of(Resource... resources) {
    return of(List.of(resources));
  }

  /** Adds up the resources given. Throws if one name comes with values of different types. */
  public static Resources of(Iterable<Resource> resources) {
    List<Resource> sum = new ArrayList<>();
    for (Resource resource : resources) {
      add(sum, resource);
    }
    sum.sort(ORDER);
    return sum.isEmpty() ? NONE : new Resources(List.copyOf(sum));
  }

  /** Sorted by name; no entry is empty. */
  public List<Resource> entries() {
    return entries;
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  public Resources plus(Resources other) {
    if (other.isEmpty()) {
      return this;
    }
    List<Resource> all = new ArrayList<>(entries);
    all.addAll(other.entries);
    return of(all);
  }

  /** Takes away what must be contained; asking for more is a broken invariant of the caller. */
  public Resources minus(Resources other) {
    List<Resource> left = new ArrayList<>(entries);
    for (Resource taken : other.entries) {
      int index = indexOfSameKind(left, taken);
      if (index < 0 || !contains(left.get(index).value(), taken.value())) {
        throw new IllegalStateException("cannot subtract " + other + " from " + this);
      }
      Value rest = subtract(left.get(index).value(), taken.value());
      if (rest.isEmpty()) {
        left.remove(index);
      } else {
        left.set(index, left.get(index).withValue(rest));
      }
    }
    return left.isEmpty() ? NONE : new Resources(List.copyOf(left));
  }

  public boolean contains(Resources other) {
    for (Resource wanted : other.entries) {
      int index = indexOfSameKind(entries, wanted);
      if (index < 0 || !contains(entries.get(index).value(), wanted.value())) {
        return false;
      }
    }
    return true;
  }

  public Resources filter(Predicate<Resource> predicate) {
    return of(entries.stream().filter(predicate).toList());
  }

  public Resources map(UnaryOperator<Resource> change) {
    return of(entries.stream().map(change).toList());
  }

  /** The same resources, allocated to {@code role}. */
  public Resources allocatedTo(String role) {
    return map(resource -> resource.allocatedTo(Optional.of(role)));
  }

  /** The same resources, allocated to nobody. */
  public Resources unallocated() {
    return map(resource -> resource.allocatedTo(Optional.empty()));
  }

  /** The sum of all scalars of that name, whatever their reservations. */
  public Scalar scalar(String name) {
    Scalar sum = Scalar.ZERO;
    for (Resource entry : entries) {
      if (entry.name().equals(name) && entry.value() instanceof Scalar scalar) {
        sum = sum.plus(scalar);
      }
    }
    return sum;
  }

  /** All ranges of that name together, e.g. {@code ports}. */
  public Ranges ranges(String name) {
    Ranges sum = Ranges.NONE;
    for (Resource entry : entries) {
      if (entry.name().equals(name) && entry.value() instanceof Ranges ranges) {
        sum = sum.plus(ranges);
      }
    }
    return sum;
  }

  /** Sums of the scalars by name: what fairness counts (contracts/mesos-allocation.md M7). */
  public SortedMap<String, Scalar> scalarQuantities() {
    SortedMap<String, Scalar> sums = new TreeMap<>();
    for (Resource entry : entries) {
      if (entry.value() instanceof Scalar scalar) {
        sums.merge(entry.name(), scalar, Scalar::plus);
      }
    }
    return sums;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Resources resources && entries.equals(resources.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  /** As users write them: {@code cpus(*):4; mem(*):1024; ports(*):[31000-32000]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Resource entry : entries) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(entry.name())
          .append('(')
          .append(entry.role())
          .append("):");
      text.append(entry.value());
    }
    return text.toString();
  }

  private static void add(List<Resource> sum, Resource resource) {
    if (resource.value().isEmpty()) {
      return;
    }
    int index = indexOfSameKind(sum, resource);
    if (index >= 0) {
      sum.set(index, resource.withValue(add(sum.get(index).value(), resource.value())));
      return;
    }
    for (Resource entry : sum) {
      if (entry.name().equals(resource.name())
          && entry.value().getClass() != resource.value().getClass()) {
        throw new IllegalArgumentException(
            "resource " + resource.name() + " has values of different types");
      }
    }
    sum.add(resource);
  }

  private static int indexOfSameKind(List<Resource> list, Resource resource) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).isSameKind(resource)) {
        return i;
      }
    }
    return -1;
  }

  private static Value add(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> scalar.plus((Scalar) right);
      case Ranges ranges -> ranges.plus((Ranges) right);
      case Names names -> names.plus((Names) right);
    };
  }

  private static Value subtract(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> scalar.minus((Scalar) right);
      case Ranges ranges -> ranges.minus((Ranges) right);
      case Names names -> names.minus((Names) right);
    };
  }

  private static boolean contains(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> scalar.compareTo((Scalar) right) >= 0;
      case Ranges ranges -> ranges.contains((Ranges) right);
      case Names names -> names.contains((Names) right);
    };
  }
}
