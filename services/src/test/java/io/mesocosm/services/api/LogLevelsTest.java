package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Levels of loggers, with time that passes when the test says so. */
class LogLevelsTest {
  private final List<Runnable> later = new ArrayList<>();
  private final LogLevels levels = new LogLevels((_, action) -> later.add(action));

  private static Logger logger(String name) {
    return Logger.getLogger("io.mesocosm.test.levels." + name);
  }

  @Test
  void levelIsWhatItWasWhenTheTimeIsOver() {
    Logger logger = logger("a");
    levels.set(logger.getName(), LogLevel.TRACE, Optional.of(Duration.ofSeconds(5)));
    assertThat(logger.getLevel()).isEqualTo(Level.FINER);

    later.getFirst().run();

    assertThat(logger.getLevel()).as("that of the loggers above it").isNull();
  }

  @Test
  void laterChangeMakesAnEarlierEndVoidAndRemembersTheBeginning() {
    Logger logger = logger("b");
    logger.setLevel(Level.WARNING);
    levels.set(logger.getName(), LogLevel.DEBUG, Optional.of(Duration.ofSeconds(5)));
    levels.set(logger.getName(), LogLevel.TRACE, Optional.of(Duration.ofSeconds(50)));

    later.get(0).run();
    assertThat(logger.getLevel()).isEqualTo(Level.FINER);
    later.get(1).run();

    assertThat(logger.getLevel()).isEqualTo(Level.WARNING);
  }

  @Test
  void levelWithoutADurationStays() {
    Logger logger = logger("c");
    levels.set(logger.getName(), LogLevel.DEBUG, Optional.of(Duration.ofSeconds(5)));
    levels.set(logger.getName(), LogLevel.ERROR, Optional.empty());

    later.getFirst().run();

    assertThat(levels.levels()).containsEntry(logger.getName(), LogLevel.ERROR);
  }

  @Test
  void wordsAreThoseOfTheOriginal() {
    assertThat(LogLevel.parse("warning")).contains(LogLevel.WARN);
    assertThat(LogLevel.parse("Info")).contains(LogLevel.INFO);
    assertThat(LogLevel.parse("loud")).isEmpty();
    assertThat(LogLevel.of(Level.ALL)).isEqualTo(LogLevel.ALL);
    assertThat(LogLevel.of(Level.FINEST)).isEqualTo(LogLevel.TRACE);
    assertThat(LogLevel.of(Level.CONFIG)).isEqualTo(LogLevel.INFO);
    assertThat(LogLevel.of(Level.OFF)).isEqualTo(LogLevel.OFF);
  }
}
