package io.mesocosm.model.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of all resources (contracts/mesos-allocation.md §11). */
class ResourcesLawsTest {
  @Property
  void sumsDoNotDependOnOrder(
      @ForAll("any") Resources a, @ForAll("any") Resources b, @ForAll("any") Resources c) {
    assertThat(a.plus(b)).isEqualTo(b.plus(a)).hasSameHashCodeAs(b.plus(a));
    assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
    assertThat(a.plus(Resources.NONE)).isSameAs(a);
  }

  @Property
  void entriesAddUpInAnyOrder(@ForAll("any") Resources a, @ForAll long seed) {
    List<Resource> shuffled = expanded(a);
    Collections.shuffle(shuffled, new Random(seed));
    Resources again = Resources.of(shuffled);
    assertThat(again).isEqualTo(a).hasSameHashCodeAs(a);
  }

  @Property
  void whatWasAddedCanBeTakenAway(@ForAll("counted") Resources a, @ForAll("counted") Resources b) {
    assertThat(a.plus(b).minus(b)).isEqualTo(a);
    assertThat(a.plus(b).minus(a)).isEqualTo(b);
    assertThat(a.minus(a)).isSameAs(Resources.NONE);
  }

  @Property
  void whatIsContainedCanBeTakenAndGivenBack(
      @ForAll("any") Resources a, @ForAll("any") Resources b) {
    Resources sum = a.plus(b);
    assertThat(sum.contains(a)).isTrue();
    assertThat(sum.contains(b)).isTrue();
    assertThat(sum.minus(b).plus(b)).isEqualTo(sum);
  }

  // M6
  @Property
  void toContainIsToBeAbleToTakeEachInTurn(@ForAll("any") Resources a, @ForAll("any") Resources b) {
    boolean contained = takeInTurn(expanded(a), expanded(b));
    assertThat(a.contains(b)).isEqualTo(contained);
    assertThat(a.tryMinus(b).isPresent()).isEqualTo(contained);
  }

  @Property
  void whatThereIsCanAlwaysBeTaken(@ForAll("any") Resources a, @ForAll("any") Resources b) {
    Resources rest = a.minusAtMost(b);
    assertThat(a.contains(rest)).isTrue();
    assertThat(b.contains(a.minus(rest))).isTrue();
    assertThat(a.plus(b).minusAtMost(b)).isEqualTo(a.plus(b).minus(b));
  }

  // M7
  @Property
  void quantitiesAddUp(@ForAll("unshared") Resources a, @ForAll("unshared") Resources b) {
    SortedMap<String, Scalar> sums = new TreeMap<>(a.scalarQuantities());
    b.scalarQuantities().forEach((name, amount) -> sums.merge(name, amount, Scalar::plus));
    assertThat(a.plus(b).scalarQuantities()).isEqualTo(sums);
    sums.forEach((name, amount) -> assertThat(a.plus(b).scalar(name)).isEqualTo(amount));
  }

  @Property
  void twoHalvesMakeAWhole(@ForAll("any") Resources a) {
    assertThat(a.reserved().plus(a.unreserved())).isEqualTo(a);
    assertThat(a.shared().plus(a.nonShared())).isEqualTo(a);
    assertThat(a.revocable().plus(a.nonRevocable())).isEqualTo(a);
    assertThat(a.filter(entry -> true)).isSameAs(a);
    assertThat(a.filter(entry -> false)).isSameAs(Resources.NONE);
  }

  @Property
  void allocatingChangesNothingElse(@ForAll("any") Resources a) {
    Resources free = a.unallocated();
    Resources allocated = free.allocatedTo("web");
    assertThat(allocated.unallocated()).isEqualTo(free);
    assertThat(allocated.allocatedTo("web")).isSameAs(allocated);
    assertThat(allocated.scalarQuantities()).isEqualTo(a.scalarQuantities());
    assertThat(allocated.entries())
        .allMatch(entry -> entry.allocationRole().equals(Optional.of("web")));
  }

  // Q8
  @Property
  void whatIsCappedStaysWithinItsLimits(@ForAll("any") Resources a, @ForAll("any") Resources b) {
    SortedMap<String, Scalar> limits = new TreeMap<>(b.scalarQuantities());
    limits.remove("mem");
    Resources capped = a.cappedTo(limits);
    assertThat(a.contains(capped)).isTrue();
    limits.forEach((name, limit) -> assertThat(capped.scalar(name)).isLessThanOrEqualTo(limit));
    assertThat(a.minus(capped).entries()).allMatch(entry -> limits.containsKey(entry.name()));
    assertThat(a.cappedTo(a.scalarQuantities())).isSameAs(a);
  }

  @Property
  void whatIsHeldTwiceCountsOnce(@ForAll("any") Resources a) {
    Resources twice = a.plus(a);
    for (Resource entry : a.shared().entries()) {
      assertThat(twice.count(entry)).isEqualTo(2 * a.count(entry));
      assertThat(twice.entries()).containsOnlyOnce(entry);
    }
    assertThat(twice.shared().scalarQuantities()).isEqualTo(a.shared().scalarQuantities());
    assertThat(twice.shared().sharedOnce()).isEqualTo(a.shared().sharedOnce());
  }

  @Provide
  Arbitrary<Resources> any() {
    return SomeResources.any();
  }

  @Provide
  Arbitrary<Resources> counted() {
    return SomeResources.counted();
  }

  @Provide
  Arbitrary<Resources> unshared() {
    return SomeResources.unshared();
  }

  private static List<Resource> expanded(Resources resources) {
    List<Resource> all = new ArrayList<>();
    for (Resource entry : resources.entries()) {
      all.addAll(Collections.nCopies(entry.shared() ? resources.count(entry) : 1, entry));
    }
    return all;
  }

  private static boolean takeInTurn(List<Resource> from, List<Resource> wanted) {
    for (Resource one : wanted) {
      boolean found = false;
      for (int i = 0; i < from.size() && !found; i++) {
        Resource candidate = from.get(i);
        if (!candidate.isDivisible()) {
          found = candidate.equals(one);
          if (found) {
            from.remove(i);
          }
        } else if (candidate.isSameKind(one) && Value.contains(candidate.value(), one.value())) {
          found = true;
          from.set(i, candidate.withValue(Value.difference(candidate.value(), one.value())));
        }
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }
}
