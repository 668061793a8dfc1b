package io.mesocosm.services.app;

import java.util.OptionalDouble;

/**
 * How much a task may use beyond what it asks for; infinite for no limit, empty for just that.
 *
 * @param mem megabytes
 */
public record ResourceLimits(OptionalDouble cpus, OptionalDouble mem) {
  public static final ResourceLimits NONE =
      new ResourceLimits(OptionalDouble.empty(), OptionalDouble.empty());
}
