package io.mesocosm.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentRemovalRateTest {
  @Test
  void isWrittenAsAgentsPerDuration() {
    assertThat(AgentRemovalRate.parse("1/10mins"))
        .isEqualTo(new AgentRemovalRate(1, Duration.ofMinutes(10)));
    assertThat(AgentRemovalRate.parse(" 4/1hrs ").spacing()).isEqualTo(Duration.ofMinutes(15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0/1secs", "-1/1secs", "1/0secs", "1/2/3secs", "1/soon"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> AgentRemovalRate.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
