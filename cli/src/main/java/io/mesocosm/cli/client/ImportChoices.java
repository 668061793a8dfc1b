package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.cli.client.Definitions.Kind;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How to import.
 *
 * @param instances of everything, instead of what the source runs
 * @param replace what differs in this cluster
 * @param dryRun change nothing, tell what would change
 * @param patience how long to wait while this cluster has too many deployments under way
 */
record ImportChoices(OptionalInt instances, boolean replace, boolean dryRun, Duration patience) {

  /** What to ask this cluster for. */
  ObjectNode adapt(Kind kind, ObjectNode definition) {
    ObjectNode adapted = definition.deepCopy();
    switch (kind) {
      case APP -> instances.ifPresent(number -> adapted.put("instances", number));
      case POD ->
          instances.ifPresent(
              number -> adapted.putObject("scaling").put("kind", "fixed").put("instances", number));
      case GROUP -> {
        // Printed of every group, taken of groups at the top only.
        if (!adapted.path("enforceRole").asBoolean()) {
          adapted.remove("enforceRole");
        }
      }
    }
    return adapted;
  }

  /** What counts when two definitions are compared: not a number that was chosen only to begin. */
  ObjectNode comparable(ObjectNode definition) {
    ObjectNode compared = definition.deepCopy();
    if (instances.isPresent()) {
      compared.remove("instances");
      compared.remove("scaling");
    }
    return compared;
  }
}
