package io.mesocosm.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** contracts/mesos-scheduler-api.md §14. */
class RoleNamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"*", "web", "eng/web", "a-b_c.d", ".hidden", "ü"})
  void namesAndPathsAreRoles(String role) {
    assertThat(RoleNames.problem(role)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a/", "a//b", ".", "..", "a/..", "a/*", "-a", "a/-b", "a b", "a\tb", "a\u007f"
      })
  void whatIsNoPathIsNoRole(String role) {
    assertThat(RoleNames.problem(role)).isPresent();
  }

  @Test
  void nothingIsReservedForEverybody() {
    assertThat(RoleNames.problemOfReserved("*")).isPresent();
    assertThat(RoleNames.problemOfReserved("web")).isEmpty();
  }

  @Test
  void belowIsAtAnyDepthAndNotTheSame() {
    assertThat(RoleNames.isBelow("a/b/c", "a")).isTrue();
    assertThat(RoleNames.isBelow("a", "a")).isFalse();
    assertThat(RoleNames.isBelow("ab", "a")).isFalse();
  }
}
