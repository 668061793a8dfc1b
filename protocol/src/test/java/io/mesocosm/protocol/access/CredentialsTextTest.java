package io.mesocosm.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.InvalidMessageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTextTest {
  @Test
  void jsonOfMesosIsUnderstood() throws Exception {
    assertThat(
            CredentialsText.parse(
                """
                {"credentials": [
                  {"principal": "alice", "secret": "wonder land"},
                  {"principal": "bob", "secret": "b\\"u"}
                ]}
                """))
        .containsExactly(new Credential("alice", "wonder land"), new Credential("bob", "b\"u"));
  }

  @Test
  void linesOfTextAreUnderstood() throws Exception {
    assertThat(CredentialsText.parse("alice wonderland\n\n bob\tbuilder \n"))
        .containsExactly(new Credential("alice", "wonderland"), new Credential("bob", "builder"));
  }

  @Test
  void agentsFileHasOne() throws Exception {
    Credential expected = new Credential("agent", "s");

    assertThat(CredentialsText.parseOne("{\"principal\":\"agent\",\"secret\":\"s\"}"))
        .isEqualTo(expected);
    assertThat(CredentialsText.parseOne("agent s\n")).isEqualTo(expected);
    assertThatThrownBy(() -> CredentialsText.parseOne("agent s\nother s"))
        .hasMessage("credential: there are 2 of them: expected one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"credentials\":{}}",
        "{\"credentials\":[]}",
        "{\"credentials\":[{\"principal\":\"alice\"}]}",
        "{\"credentials\":[{\"principal\":\"alice\",\"secret\":7777}]}",
        "{\"credentials\":[{\"principal\":\"\",\"secret\":\"hidden\"}]}",
        "{\"credentials\":[{\"principal\":\"a:b\",\"secret\":\"hidden\"}]}",
        "alice hidden more",
        "alice",
        "alice hidden\nalice hidden",
      })
  void badFileIsRefusedWithoutShowingASecret(String text) {
    assertThatThrownBy(() -> CredentialsText.parse(text))
        .isInstanceOf(InvalidMessageException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden").doesNotContain("\n"));
  }
}
