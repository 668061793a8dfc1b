package io.mesocosm.model.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Ranges against the plainest set of integers there is (contracts/mesos-allocation.md M2). */
class RangesLawsTest {
  private static final int LIMIT = 64;

  @Property
  void sumAndDifferenceAreThoseOfSets(
      @ForAll("ranges") Ranges left, @ForAll("ranges") Ranges right) {
    BitSet sum = bits(left);
    sum.or(bits(right));
    BitSet difference = bits(left);
    difference.andNot(bits(right));
    assertThat(left.plus(right)).isEqualTo(ranges(sum));
    assertThat(left.minus(right)).isEqualTo(ranges(difference));
  }

  @Property
  void containmentIsThatOfSets(@ForAll("ranges") Ranges left, @ForAll("ranges") Ranges right) {
    BitSet missing = bits(right);
    missing.andNot(bits(left));
    assertThat(left.contains(right)).isEqualTo(missing.isEmpty());
    assertThat(left.plus(right).contains(right)).isTrue();
    for (int number = 0; number <= LIMIT; number++) {
      assertThat(left.contains(number)).isEqualTo(bits(left).get(number));
    }
  }

  @Property
  void everyNumberIsFoundByItsIndex(@ForAll("ranges") Ranges ranges) {
    BitSet bits = bits(ranges);
    assertThat(ranges.size()).isEqualTo(bits.cardinality());
    int index = 0;
    for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
      assertThat(ranges.get(index++)).isEqualTo(bit);
    }
  }

  @Provide
  Arbitrary<Ranges> ranges() {
    Arbitrary<Integer> numbers = Arbitraries.integers().between(0, LIMIT);
    return Combinators.combine(numbers, numbers)
        .as((a, b) ->
            new Ranges.Range(Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + 9)))
        .list()
        .ofMaxSize(6)
        .map(Ranges::new);
  }

  private static BitSet bits(Ranges ranges) {
    BitSet bits = new BitSet();
    for (Ranges.Range range : ranges.ranges()) {
      bits.set((int) range.begin(), (int) range.end() + 1);
    }
    return bits;
  }

  /** One range a number: coalescing has to do the rest. */
  private static Ranges ranges(BitSet bits) {
    List<Ranges.Range> single = new ArrayList<>();
    bits.stream().forEach(bit -> single.add(new Ranges.Range(bit, bit)));
    return new Ranges(single);
  }
}
