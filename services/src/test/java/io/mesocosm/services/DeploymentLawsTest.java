package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** The laws of deployments, for groups, changes and faults that are drawn from seeds. */
class DeploymentLawsTest {
  private static final int STEPS = 700;

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theLawsHoldWhileNothingFails(@ForAll("seeds") long seed) {
    new LawsWorld(seed, false).live(STEPS);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theLawsHoldWhateverFails(@ForAll("seeds") long seed) {
    new LawsWorld(seed, true).live(STEPS);
  }

  @Property(tries = 8, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void theSameSeedGivesTheSameEffects(@ForAll("seeds") long seed) {
    LawsWorld one = new LawsWorld(seed, true);
    LawsWorld other = new LawsWorld(seed, true);
    one.live(STEPS);
    other.live(STEPS);
    assertThat(one.fingerprint()).isEqualTo(other.fingerprint());
  }

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(1, Integer.MAX_VALUE);
  }
}
