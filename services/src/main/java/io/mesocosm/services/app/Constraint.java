package io.mesocosm.services.app;

import java.util.Optional;

/**
 * A rule on where instances may run (contracts/marathon-api.md §6).
 *
 * @param field {@code hostname}, {@code @hostname}, {@code @region}, {@code @zone} or the name of
 *     an agent's attribute
 * @param value absent where the operator goes without; valid for the operator
 */
public record Constraint(String field, Operator operator, Optional<String> value) {

  /** How a field's value is judged; the names are those of the API. */
  public enum Operator {
    /** No two instances on the same value. */
    UNIQUE,
    /** All instances on one value. */
    CLUSTER,
    /** Instances spread evenly over the values. */
    GROUP_BY,
    /** Only values that match a regular expression. */
    LIKE,
    /** Only values that do not match a regular expression. */
    UNLIKE,
    /** At most so many instances on a value. */
    MAX_PER,
    /** Only that value. */
    IS
  }
}
