package io.mesocosm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mesocosm.runtime.Flags.InvalidFlagsException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlagsTest {
  private static final Flag<Integer> PORT = Flag.port("port", 5050, "the port to listen on");
  private static final Flag<Duration> PING =
      Flag.duration("agent_ping_timeout", "15secs", "how long to wait");
  private static final Flag<String> WORK_DIR = Flag.requiredText("work_dir", "where data goes");
  private static final Flag<Boolean> QUIET = Flag.bool("quiet", false, "log less");
  private static final List<Flag<?>> ALL = List.of(PORT, PING, WORK_DIR, QUIET);

  @Test
  void theCommandLineWinsOverTheEnvironmentAndThatOverTheDefault() {
    Flags flags =
        parse(
            List.of("--work_dir=/tmp/a", "--port", "80"),
            Map.of(
                "MESOS_PORT",
                "81",
                "COSM_AGENT_PING_TIMEOUT",
                "1mins",
                "MESOS_AGENT_PING_TIMEOUT",
                "2mins"));
    assertThat(flags.get(PORT)).isEqualTo(80);
    assertThat(flags.get(PING)).isEqualTo(Duration.ofMinutes(1));
    assertThat(flags.get(QUIET)).isFalse();
  }

  @Test
  void switchesAreWrittenWithoutAValueOrWithNo() {
    assertThat(parse(List.of("--work_dir=x", "--quiet"), Map.of()).get(QUIET)).isTrue();
    assertThat(
            parse(List.of("--work_dir=x", "--no-quiet"), Map.of("COSM_QUIET", "true")).get(QUIET))
        .isFalse();
  }

  @Test
  void everythingWrongIsReportedAtOnce() {
    InvalidFlagsException thrown =
        catchThrowableOfType(
            InvalidFlagsException.class,
            () ->
                parse(
                    List.of("--port=99999", "--agent_ping=3secs", "stray"),
                    Map.of("MESOS_AGENT_PING_TIMEOUT", "soon")));
    assertThat(thrown.problems())
        .containsExactly(
            "unknown flag --agent_ping: did you mean --agent_ping_timeout?",
            "unexpected argument 'stray': flags are written --name=value",
            "--port=99999 is not valid: expected a whole number from 0 to 65535",
            "MESOS_AGENT_PING_TIMEOUT=soon is not valid: expected a number and a unit of ns, us, ms, secs, mins, hrs, days, weeks, e.g. 15secs",
            "--work_dir is required: where data goes");
  }

  @Test
  void whatIsWrongIsToldWithoutPasswords() {
    InvalidFlagsException thrown =
        catchThrowableOfType(
            InvalidFlagsException.class,
            () ->
                parse(
                    List.of("--port=zk://user:pass@word@host/path", "--ping_agent=1secs"),
                    Map.of("COSM_WORK_DIR", "x")));
    assertThat(thrown.problems())
        .containsExactly(
            "unknown flag --ping_agent: did you mean --agent_ping_timeout?",
            "--port=zk://…@host/path is not valid: expected a whole number from 0 to 65535");
  }

  @Test
  void durationsReadAndPrintInMesosNotation() {
    assertThat(Durations.parse("1.5hrs")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.format(Duration.ofSeconds(90))).isEqualTo("90secs");
    assertThat(Durations.format(Duration.ofDays(14))).isEqualTo("2weeks");
    assertThat(Durations.format(Duration.ZERO)).isEqualTo("0ns");
  }

  private static Flags parse(List<String> arguments, Map<String, String> environment) {
    return Flags.parse(ALL, arguments, environment, List.of("COSM_", "MESOS_"));
  }
}
