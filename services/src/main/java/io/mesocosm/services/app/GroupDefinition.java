package io.mesocosm.services.app;

import java.time.Instant;
import java.util.List;

/**
 * What is said of a group itself (contracts/marathon-api.md §15); which apps and pods are in it,
 * their ids say.
 *
 * @param dependencies apps and groups that all in it depend on, sorted
 * @param enforceRole whether all in it must have its name for their role; only of top-level groups
 * @param version when this was said
 */
public record GroupDefinition(
    AppId id, List<AppId> dependencies, boolean enforceRole, Instant version) {
  public GroupDefinition {
    dependencies = dependencies.stream().sorted().distinct().toList();
  }

  /** One of which nothing is said. */
  public static GroupDefinition plain(AppId id) {
    return new GroupDefinition(id, List.of(), false, AppDefinition.UNVERSIONED);
  }

  public GroupDefinition withVersion(Instant at) {
    return new GroupDefinition(id, dependencies, enforceRole, at);
  }

  public boolean saysTheSame(GroupDefinition other) {
    return withVersion(other.version).equals(other);
  }
}
