package io.mesocosm.model.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResourcesTest {
  private static final Resource CPUS_4 = Resource.unreserved("cpus", Scalar.of(4));
  private static final Resource MEM_1024 = Resource.unreserved("mem", Scalar.of(1024));
  private static final Resource PORTS = Resource.unreserved("ports", Ranges.of(31000, 32000));

  // M1
  @Test
  void aMillionRandomAddsAndSubtractsEndAtTheStart() {
    Random random = new Random(7);
    Resources start = Resources.of(CPUS_4, MEM_1024, PORTS);
    Resources sum = start;
    List<Resources> added = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      if (added.isEmpty() || (random.nextBoolean() && added.size() < 1_000_000 - i)) {
        Resources amount =
            Resources.of(
                Resource.unreserved("cpus", new Scalar(1 + random.nextInt(1000))),
                Resource.unreserved("mem", Scalar.of(random.nextDouble() * 1e6)));
        added.add(amount);
        sum = sum.plus(amount);
      } else {
        Collections.swap(added, random.nextInt(added.size()), added.size() - 1);
        Resources amount = added.removeLast();
        sum = sum.minus(amount);
      }
    }
    for (Resources amount : added) {
      sum = sum.minus(amount);
    }
    assertThat(sum).isEqualTo(start);
  }

  @Test
  void resourcesOfTheSameKindAddUpWhateverTheirOrder() {
    Resources left = Resources.of(CPUS_4, PORTS, MEM_1024, CPUS_4);
    Resources right = Resources.of(MEM_1024, Resource.unreserved("cpus", Scalar.of(8)), PORTS);
    assertThat(left).isEqualTo(right).hasSameHashCodeAs(right);
    assertThat(left.scalar("cpus")).isEqualTo(Scalar.of(8));
  }

  @Test
  void reservedAndUnreservedStayApart() {
    Resource reserved =
        new Resource(
            "cpus",
            Scalar.of(2),
            List.of(new Resource.Reservation("web", false, Optional.empty())),
            Optional.empty(),
            false);
    Resources total = Resources.of(CPUS_4, reserved);
    assertThat(total.entries()).hasSize(2);
    assertThat(total.scalar("cpus")).isEqualTo(Scalar.of(6));
    assertThat(total.contains(Resources.of(Resource.unreserved("cpus", Scalar.of(5))))).isFalse();
    assertThat(reserved.isAllocatableTo("web/shop")).isTrue();
    assertThat(reserved.isAllocatableTo("webshop")).isFalse();
  }

  @Test
  void takingMoreThanThereIsBreaksAnInvariant() {
    assertThatThrownBy(() ->
            Resources.of(CPUS_4).minus(Resources.of(Resource.unreserved("cpus", Scalar.of(4.001)))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cpus(*):4.001");
  }

  @Test
  void takingEverythingLeavesNothing() {
    assertThat(Resources.of(CPUS_4, PORTS).minus(Resources.of(CPUS_4, PORTS)))
        .isEqualTo(Resources.NONE);
  }

  @Test
  void oneNameCannotBeAScalarAndARange() {
    assertThatThrownBy(() -> Resources.of(CPUS_4, Resource.unreserved("cpus", Ranges.of(1, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpus");
  }

  @Test
  void rangesAreCoalescedAndCounted() {
    Ranges ranges = Ranges.of(10, 12).plus(Ranges.of(13, 20)).plus(Ranges.of(30, 30));
    assertThat(ranges).hasToString("[10-20, 30-30]");
    assertThat(ranges.size()).isEqualTo(12);
    assertThat(ranges.get(11)).isEqualTo(30);
    assertThat(ranges.minus(Ranges.of(12, 30))).hasToString("[10-11]");
  }

  @Test
  void subtractingFromRangesPunchesHoles() {
    Ranges ranges = Ranges.of(1, 10).minus(Ranges.of(3, 4)).minus(Ranges.of(10, 10));
    assertThat(ranges).hasToString("[1-2, 5-9]");
    assertThat(ranges.contains(5)).isTrue();
    assertThat(ranges.contains(4)).isFalse();
    assertThat(ranges.contains(Ranges.of(2, 5))).isFalse();
  }

  @Test
  void scalarsKeepThreeDecimalsAndPrintAsWritten() {
    assertThat(Scalar.of(0.1).plus(Scalar.of(0.2))).isEqualTo(Scalar.of(0.3)).hasToString("0.3");
    assertThat(Scalar.of(0.0004).isEmpty()).isTrue();
    assertThatThrownBy(() -> Scalar.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Scalar.of(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  // M1: no sum may stop a master, whatever agents claim
  @Test
  void sumsThatNoLongerFitAreBeyondCountAndStaySo() {
    Scalar most = Scalar.of(Scalar.AMOUNT_MAX);
    Scalar sum = most.plus(most);
    assertThat(sum.isBeyondCount()).isTrue();
    assertThat(sum.plus(most)).isEqualTo(sum);
    assertThat(sum.minus(most).minus(most)).isEqualTo(sum);
    Resources many = Resources.of(Resource.unreserved("cpus", sum));
    assertThat(many.contains(many.plus(many))).isTrue();
    assertThat(many.minus(many)).isEqualTo(many);
    assertThat(many.minusAtMost(many)).isEqualTo(many);
  }

  @Test
  void whatDoesNotChangeIsPassedOn() {
    Resources total = Resources.of(CPUS_4, MEM_1024);
    assertThat(total.plus(Resources.NONE)).isSameAs(total);
    assertThat(total.minus(Resources.NONE)).isSameAs(total);
    assertThat(total.unallocated()).isSameAs(total);
    assertThat(total.minusAtMost(Resources.of(PORTS))).isSameAs(total);
    assertThat(total.scalarQuantities()).isSameAs(total.scalarQuantities());
  }

  @Test
  void takingWhatThereIsStopsAtNothing() {
    Resources wanted =
        Resources.of(
            Resource.unreserved("cpus", Scalar.of(9)),
            Resource.unreserved("ports", Ranges.of(0, 31999)));
    assertThat(Resources.of(CPUS_4, PORTS).minusAtMost(wanted))
        .hasToString("ports(*):[32000-32000]");
    assertThat(Resources.of(CPUS_4).tryMinus(wanted)).isEmpty();
  }
}
