package io.mesocosm.master;

import java.util.Optional;

/**
 * Why a task may not be launched.
 *
 * @param message names the field, its value and what would be valid
 */
record TaskRefusal(String message) {
  static Optional<TaskRefusal> of(String message) {
    return Optional.of(new TaskRefusal(message));
  }
}
