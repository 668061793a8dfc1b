package io.mesocosm.model.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccessListTest {
  /** One rule and one question: {@code *} is ANY, {@code !} NONE, {@code -} nobody or no object. */
  @ParameterizedTest(name = "[{0}] may [{1}]: {2} asks for {3}, else {4} -> {5}")
  @CsvSource({
    // Both sides name values.
    "alice, web, alice, web, false, true",
    "alice, web, alice, db, false, false",
    "alice, web, bob, web, false, false",
    "alice, web, bob, web, true, true",
    "alice;bob, web;db, bob, db, false, true",
    // ANY speaks of everyone and allows.
    "*, web, bob, web, false, true",
    "alice, *, alice, db, false, true",
    "*, *, -, -, false, true",
    // NONE speaks of everyone and denies.
    "alice, !, alice, web, true, false",
    "!, web, alice, web, true, false",
    "!, web, alice, db, true, true",
    "!, !, -, -, true, false",
    // Who has not said who they are is spoken of by ANY and NONE only.
    "*, web, -, web, false, true",
    "alice, web, -, web, true, true",
    "alice, web, -, web, false, false",
    "!, web, -, web, true, false",
    // All objects at once, too.
    "alice, web, alice, -, false, false",
    "alice, *, alice, -, false, true",
    "alice, !, alice, -, true, false",
  })
  void oneRuleDecidesAsMesosDoes(
      String principals,
      String objects,
      String subject,
      String object,
      boolean permissive,
      boolean expected) {
    AccessList list = list(permissive, Action.RUN_TASK, rule(principals, objects));

    assertThat(list.allows(principal(subject), Action.RUN_TASK, some(object))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "roles [{0}] hold {1}: {2}")
  @CsvSource({
    "eng, eng, true",
    "eng, eng/web, false",
    "eng/%, eng/web, true",
    "eng/%, eng/web/front, true",
    "eng/%, eng, false",
    "eng/%, eng/, false",
    "eng/%, engine/web, false",
    "eng/%, ops, false",
    "eng;eng/%, eng, true",
    "%, eng, false",
  })
  void roleOfASubtreeIsCovered(String roles, String role, boolean expected) {
    AccessList list = list(false, Action.RESERVE_RESOURCES, rule("*", roles));

    assertThat(list.allows(principal("p"), Action.RESERVE_RESOURCES, role)).isEqualTo(expected);
  }

  @Test
  void percentIsAnOrdinaryLetterOutsideRoles() {
    AccessList list = list(false, Action.RUN_TASK, rule("*", "eng/%"));

    assertThat(list.allows(principal("p"), Action.RUN_TASK, "eng/web")).isFalse();
    assertThat(list.allows(principal("p"), Action.RUN_TASK, "eng/%")).isTrue();
  }

  @Test
  void firstRuleThatSpeaksOfBothDecides() {
    AccessList list =
        list(
            true,
            Action.TEARDOWN_FRAMEWORK,
            rule("ops", "*"),
            rule("alice", "alice"),
            rule("alice", "!"),
            rule("*", "shared"));

    assertThat(list.allows(principal("ops"), Action.TEARDOWN_FRAMEWORK, "alice")).isTrue();
    assertThat(list.allows(principal("alice"), Action.TEARDOWN_FRAMEWORK, "alice")).isTrue();
    assertThat(list.allows(principal("alice"), Action.TEARDOWN_FRAMEWORK, "shared")).isFalse();
    assertThat(list.allows(principal("bob"), Action.TEARDOWN_FRAMEWORK, "shared")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void rulesOfOneActionSayNothingOfOthers(Action action) {
    AccessList list = list(false, action, rule("*", "*"));

    for (Action other : Action.values()) {
      assertThat(list.allows(principal("p"), other, "x")).isEqualTo(other == action);
    }
    assertThat(Action.ofKey(action.key())).contains(action);
  }

  @Test
  void principalWithClaimsOnlyHasNoNameThatARuleCouldMean() {
    Principal executor =
        new Principal(Optional.empty(), new TreeMap<>(java.util.Map.of("fid", "f-1")));
    AccessList list = list(false, Action.VIEW_TASK, rule("f-1", "*"), rule("*", "public"));

    assertThat(list.allows(Optional.of(executor), Action.VIEW_TASK, "root")).isFalse();
    assertThat(list.allows(Optional.of(executor), Action.VIEW_TASK, "public")).isTrue();
  }

  @Test
  void permissiveAuthorizerAllowsEverythingToEveryone() {
    for (Action action : Action.values()) {
      assertThat(Authorizer.PERMISSIVE.allows(Optional.empty(), action, Optional.empty())).isTrue();
    }
  }

  @Test
  void secretIsInNoTextForm() {
    assertThat(new Credential("alice", "wonderland")).hasToString("alice:***");
  }

  private static AccessList list(boolean permissive, Action action, AccessList.Rule... rules) {
    SortedMap<Action, List<AccessList.Rule>> all = new TreeMap<>();
    all.put(action, new ArrayList<>(List.of(rules)));
    return new AccessList(permissive, Collections.unmodifiableSortedMap(all));
  }

  private static AccessList.Rule rule(String principals, String objects) {
    return new AccessList.Rule(names(principals), names(objects));
  }

  private static Names names(String text) {
    return switch (text) {
      case "*" -> new Names.Any();
      case "!" -> new Names.Nobody();
      default -> Names.only(List.of(text.split(";")));
    };
  }

  private static Optional<Principal> principal(String name) {
    return some(name).map(Principal::of);
  }

  private static Optional<String> some(String text) {
    return text.equals("-") ? Optional.empty() : Optional.of(text);
  }
}
