package io.mesocosm.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.allocator.AgentCapability;
import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Attribute;
import io.mesocosm.allocator.Domain;
import io.mesocosm.model.resource.Resources;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.mesos.v1.scheduler.Protos.AttributeConstraint;
import org.apache.mesos.v1.scheduler.Protos.AttributeConstraint.Predicate;
import org.apache.mesos.v1.scheduler.Protos.AttributeConstraint.Selector;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints.RoleConstraints;
import org.junit.jupiter.api.Test;

class ConstraintFiltersTest {
  private static final AgentTerms AGENT =
      new AgentTerms(
          "rack1-host",
          Resources.NONE,
          List.of(
              Attribute.text("rack", "one"),
              Attribute.text("rack", "two"),
              new Attribute("weight", new Attribute.Number(3))),
          Optional.of(new Domain("eu", "eu-1")),
          EnumSet.allOf(AgentCapability.class));

  private static AttributeConstraint on(String attribute, Predicate.Builder predicate) {
    return AttributeConstraint.newBuilder()
        .setSelector(Selector.newBuilder().setAttributeName(attribute))
        .setPredicate(predicate)
        .build();
  }

  private static AttributeConstraint on(
      Selector.PseudoattributeType type, Predicate.Builder predicate) {
    return AttributeConstraint.newBuilder()
        .setSelector(Selector.newBuilder().setPseudoattributeType(type))
        .setPredicate(predicate)
        .build();
  }

  private static Predicate.Builder equalTo(String text) {
    return Predicate.newBuilder().setTextEquals(Predicate.TextEquals.newBuilder().setValue(text));
  }

  private static Predicate.Builder notEqualTo(String text) {
    return Predicate.newBuilder()
        .setTextNotEquals(Predicate.TextNotEquals.newBuilder().setValue(text));
  }

  private static Predicate.Builder matching(String regex) {
    return Predicate.newBuilder()
        .setTextMatches(Predicate.TextMatches.newBuilder().setRegex(regex));
  }

  private static Predicate.Builder notMatching(String regex) {
    return Predicate.newBuilder()
        .setTextNotMatches(Predicate.TextNotMatches.newBuilder().setRegex(regex));
  }

  private static final Predicate.Builder EXISTS =
      Predicate.newBuilder().setExists(Predicate.Exists.getDefaultInstance());
  private static final Predicate.Builder MISSING =
      Predicate.newBuilder().setNotExists(Predicate.NotExists.getDefaultInstance());

  private static OfferConstraints constraints(RoleConstraints.Builder role) {
    return OfferConstraints.newBuilder().putRoleConstraints("web", role.build()).build();
  }

  private static RoleConstraints.Builder group(AttributeConstraint... all) {
    return RoleConstraints.newBuilder()
        .addGroups(RoleConstraints.Group.newBuilder().addAllAttributeConstraints(List.of(all)));
  }

  private static ConstraintFilters compile(OfferConstraints constraints) {
    return ConstraintFilters.of(constraints, new TreeSet<>(List.of("web", "db")), 100, 4096);
  }

  private static boolean takes(RoleConstraints.Builder role) {
    return Optional.ofNullable(compile(constraints(role)).byRole().get("web"))
        .orElseThrow()
        .test(AGENT);
  }

  private static boolean takes(AttributeConstraint... all) {
    return takes(group(all));
  }

  @Test
  void firstAttributeOfANameDecides() {
    assertThat(takes(on("rack", equalTo("one")))).isTrue();
    assertThat(takes(on("rack", equalTo("two")))).isFalse();
    assertThat(takes(on("rack", notEqualTo("one")))).isFalse();
    assertThat(takes(on("rack", notEqualTo("two")))).isTrue();
  }

  @Test
  void patternsMatchTheWholeText() {
    assertThat(takes(on("rack", matching("o.e")))).isTrue();
    assertThat(takes(on("rack", matching("o")))).isFalse();
    assertThat(takes(on("rack", notMatching("o")))).isTrue();
    assertThat(takes(on("rack", notMatching("on?e")))).isFalse();
  }

  @Test
  void missingAttributeMeetsOnlyWhatIsNegated() {
    assertThat(takes(on("none", EXISTS))).isFalse();
    assertThat(takes(on("none", MISSING))).isTrue();
    assertThat(takes(on("none", equalTo("x")))).isFalse();
    assertThat(takes(on("none", notEqualTo("x")))).isTrue();
    assertThat(takes(on("none", matching(".*")))).isFalse();
    assertThat(takes(on("none", notMatching(".*")))).isTrue();
    assertThat(takes(on("rack", EXISTS))).isTrue();
    assertThat(takes(on("rack", MISSING))).isFalse();
  }

  @Test
  void attributeThatIsNoTextMeetsAllThatIsSaidOfTexts() {
    assertThat(takes(on("weight", equalTo("x")))).isTrue();
    assertThat(takes(on("weight", notEqualTo("x")))).isTrue();
    assertThat(takes(on("weight", matching("x")))).isTrue();
    assertThat(takes(on("weight", notMatching("3")))).isTrue();
    assertThat(takes(on("weight", MISSING))).isFalse();
  }

  @Test
  void hostnameRegionAndZoneAreAttributesToo() {
    assertThat(takes(on(Selector.PseudoattributeType.HOSTNAME, matching("rack1-.*")))).isTrue();
    assertThat(takes(on(Selector.PseudoattributeType.REGION, equalTo("eu")))).isTrue();
    assertThat(takes(on(Selector.PseudoattributeType.ZONE, equalTo("eu-2")))).isFalse();
  }

  @Test
  void groupsAreAlternativesAndTheirConstraintsAllHold() {
    AttributeConstraint met = on("rack", equalTo("one"));
    AttributeConstraint unmet = on("rack", equalTo("three"));
    assertThat(takes(met, unmet)).isFalse();
    assertThat(
            takes(
                group(met, unmet)
                    .addGroups(RoleConstraints.Group.newBuilder().addAttributeConstraints(met))))
        .isTrue();
  }

  @Test
  void invalidConstraintsAreRefusedByName() {
    assertInvalid(RoleConstraints.newBuilder(), "'groups' must not be empty");
    assertInvalid(group(), "'attribute_constraints' must not be empty");
    assertInvalid(group(on(Selector.PseudoattributeType.UNKNOWN, EXISTS)), "pseudoattribute");
    assertInvalid(
        group(
            AttributeConstraint.newBuilder()
                .setSelector(Selector.getDefaultInstance())
                .setPredicate(EXISTS)
                .build()),
        "'selector'");
    assertInvalid(group(on("rack", Predicate.newBuilder())), "'predicate' must be set");
    assertInvalid(group(on("rack", matching("("))), "regular expression '('");
    assertInvalid(group(on("rack", matching("(abcdefghij){30}"))), "max_program_size");
    assertInvalid(group(on("rack", matching("a".repeat(5000)))), "max_mem");
    assertThatThrownBy(() ->
            compile(
                OfferConstraints.newBuilder()
                    .putRoleConstraints("other", group(on("rack", EXISTS)).build())
                    .build()))
        .hasMessageContaining("role 'other', to which the framework is not subscribed");
  }

  private static void assertInvalid(RoleConstraints.Builder role, String text) {
    assertThatThrownBy(() -> compile(constraints(role)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
