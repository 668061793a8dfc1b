package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Constraint.Operator;
import io.mesocosm.services.instance.Placement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;

/** Every operator of contracts/marathon-api.md §6. */
class ConstraintMatcherTest {
  private static final Optional<String> NONE = Optional.empty();

  private static Placement on(String hostname, String rack) {
    TreeMap<String, String> attributes = new TreeMap<>();
    if (!rack.isEmpty()) {
      attributes.put("rack", rack);
    }
    return new Placement(
        "agent-" + hostname,
        hostname,
        attributes,
        Optional.of("eu"),
        Optional.empty(),
        "*",
        List.of());
  }

  private static List<Placement> racks(String... racks) {
    return Arrays.stream(racks).map(rack -> on("h", rack)).toList();
  }

  private static boolean fits(
      Operator operator, Optional<String> value, String rack, int instances, String... existing) {
    return ConstraintMatcher.check(
            new Constraint("rack", operator, value),
            on("h", rack),
            Placed.of(racks(existing)),
            instances)
        .isEmpty();
  }

  @Test
  void uniqueTakesEachValueOnce() {
    assertThat(fits(Operator.UNIQUE, NONE, "r1", 3)).isTrue();
    assertThat(fits(Operator.UNIQUE, NONE, "r1", 3, "r2")).isTrue();
    assertThat(fits(Operator.UNIQUE, NONE, "r1", 3, "r1")).isFalse();
  }

  @Test
  void clusterStaysWhereItWasToldOrBegan() {
    assertThat(fits(Operator.CLUSTER, Optional.of("r1"), "r1", 3)).isTrue();
    assertThat(fits(Operator.CLUSTER, Optional.of("r1"), "r2", 3)).isFalse();
    assertThat(fits(Operator.CLUSTER, NONE, "r2", 3)).isTrue();
    assertThat(fits(Operator.CLUSTER, NONE, "r2", 3, "r1")).isFalse();
    assertThat(fits(Operator.CLUSTER, NONE, "r1", 3, "r1")).isTrue();
  }

  @Test
  void groupByWithANumberGivesEachGroupItsShare() {
    Optional<String> two = Optional.of("2");
    assertThat(fits(Operator.GROUP_BY, two, "r1", 5)).isTrue();
    assertThat(fits(Operator.GROUP_BY, two, "r1", 5, "r1")).isTrue();
    assertThat(fits(Operator.GROUP_BY, two, "r1", 5, "r1", "r1")).isTrue();
    assertThat(fits(Operator.GROUP_BY, two, "r1", 5, "r1", "r1", "r1")).isFalse();
    assertThat(fits(Operator.GROUP_BY, two, "r2", 5, "r1", "r1", "r1", "r2")).isTrue();
    assertThat(fits(Operator.GROUP_BY, two, "r2", 5, "r1", "r1", "r1", "r2", "r2")).isFalse();
    assertThat(fits(Operator.GROUP_BY, two, "r3", 5, "r1", "r2")).isFalse();
  }

  @Test
  void groupByWithoutANumberTakesTheEmptiest() {
    assertThat(fits(Operator.GROUP_BY, NONE, "r3", 5, "r1", "r2")).isTrue();
    assertThat(fits(Operator.GROUP_BY, NONE, "r1", 5, "r1", "r2")).isTrue();
    assertThat(fits(Operator.GROUP_BY, NONE, "r1", 5, "r1", "r1", "r2")).isFalse();
  }

  @Test
  void likeAndUnlikeMatchTheWholeValue() {
    assertThat(fits(Operator.LIKE, Optional.of("r[12]"), "r1", 1)).isTrue();
    assertThat(fits(Operator.LIKE, Optional.of("r[12]"), "r11", 1)).isFalse();
    assertThat(fits(Operator.UNLIKE, Optional.of("r[12]"), "r1", 1)).isFalse();
    assertThat(fits(Operator.UNLIKE, Optional.of("r[12]"), "r11", 1)).isTrue();
  }

  @Test
  void maxPerCounts() {
    assertThat(fits(Operator.MAX_PER, Optional.of("2"), "r1", 9, "r1")).isTrue();
    assertThat(fits(Operator.MAX_PER, Optional.of("2"), "r1", 9, "r1", "r1")).isFalse();
  }

  @Test
  void isComparesNumbersAsNumbers() {
    assertThat(fits(Operator.IS, Optional.of("4.0"), "4", 1)).isTrue();
    assertThat(fits(Operator.IS, Optional.of("a"), "a", 1)).isTrue();
    assertThat(fits(Operator.IS, Optional.of("a"), "b", 1)).isFalse();
  }

  @Test
  void anAgentWithoutTheAttributeFitsOnlyUnlike() {
    for (Operator operator : Operator.values()) {
      assertThat(fits(operator, Optional.of("1"), "", 1))
          .as(operator.name())
          .isEqualTo(operator == Operator.UNLIKE);
    }
  }

  @Test
  void hostnameAndFaultDomainAreFieldsToo() {
    Placement here = on("h1", "");
    assertThat(here.field("hostname")).contains("h1");
    assertThat(here.field("@hostname")).contains("h1");
    assertThat(here.field("@region")).contains("eu");
    assertThat(here.field("@zone")).isEmpty();
  }

  @Test
  void aRefusalNamesRuleValueAndLimit() {
    Refusal refusal =
        ConstraintMatcher.check(
                new Constraint("rack", Operator.MAX_PER, Optional.of("1")),
                on("h", "r1"),
                Placed.of(racks("r1")),
                2)
            .orElseThrow();
    assertThat(refusal.text()).isEqualTo("constraint rack MAX_PER 1: r1 already has 1");
    assertThat(refusal.waitingMayHelp()).isTrue();
  }

  @Test
  void anExpressionThatTakesTooMuchWorkFitsNeitherWay() {
    for (Operator operator : List.of(Operator.LIKE, Operator.UNLIKE)) {
      Refusal refusal =
          ConstraintMatcher.check(
                  new Constraint("rack", operator, Optional.of("(a|aa)+b\\1")),
                  on("h", "a".repeat(40)),
                  Placed.NOWHERE,
                  1)
              .orElseThrow();
      assertThat(refusal.text()).contains("takes too much work");
    }
  }

  @Test
  void anAttributeThatIsNoNumberIsStillText() {
    Attribute.Builder attribute = Attribute.newBuilder().setName("x").setType(Value.Type.SCALAR);
    attribute.getScalarBuilder().setValue(Double.NaN);
    assertThat(AttributeText.of(attribute.build())).isEqualTo("NaN");
    attribute.getScalarBuilder().setValue(4.1);
    assertThat(AttributeText.of(attribute.build())).isEqualTo("4.1");
    assertThat(fits(Operator.IS, Optional.of("1".repeat(50_000)), "1".repeat(60_000), 1)).isFalse();
  }
}
