package io.mesocosm.agent;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.Optional;

/** A container's resources as values to calculate with. */
final class TaskResources {
  private TaskResources() {}

  /** Says what is wrong with the resources; such a task or executor must be refused. */
  static Optional<String> problem(ContainerWish wish) {
    try {
      Resources unused = ResourceMapping.toModel(wish.resources());
      return unused.isEmpty() ? Optional.of("the task has no resources") : Optional.empty();
    } catch (InvalidMessageException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Of what was not refused. */
  static Resources of(ContainerWish wish) {
    try {
      return ResourceMapping.toModel(wish.resources());
    } catch (InvalidMessageException e) {
      throw new IllegalStateException("resources should have been refused: " + wish.resources(), e);
    }
  }
}
