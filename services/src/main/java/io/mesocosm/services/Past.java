package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What apps, pods and groups are and were, as far as it is kept; immutable. A group of any size is
 * put together from what was in it.
 *
 * @param specs by when each came to be so; without content where it was deleted
 * @param groups the same of what is said of groups
 */
public record Past(
    NavigableMap<AppId, ? extends NavigableMap<Instant, Optional<RunSpec>>> specs,
    NavigableMap<AppId, ? extends NavigableMap<Instant, Optional<GroupDefinition>>> groups) {
  /** A definition by its version. */
  public Optional<RunSpec> version(AppId id, Instant version) {
    NavigableMap<Instant, Optional<RunSpec>> versions = specs.get(id);
    return versions == null ? Optional.empty() : versions.getOrDefault(version, Optional.empty());
  }

  /** What an app or a pod was at a moment; nothing too if that is not kept. */
  public Optional<RunSpec> at(AppId id, Instant moment) {
    return Optional.ofNullable(specs.get(id)).flatMap(versions -> at(versions, moment));
  }

  /** What was said of a group at a moment; nothing too if that is not kept. */
  public Optional<GroupDefinition> groupAt(AppId id, Instant moment) {
    return Optional.ofNullable(groups.get(id)).flatMap(versions -> at(versions, moment));
  }

  private static <T> Optional<T> at(NavigableMap<Instant, Optional<T>> versions, Instant moment) {
    var last = versions.floorEntry(moment);
    return last == null ? Optional.empty() : last.getValue();
  }

  /** When anything in a group, or of the group itself, changed; oldest first. */
  public SortedSet<Instant> changes(AppId group) {
    SortedSet<Instant> changes = new TreeSet<>();
    AppId.below(specs, group).values().forEach(versions -> changes.addAll(versions.keySet()));
    AppId.below(groups, group).values().forEach(versions -> changes.addAll(versions.keySet()));
    NavigableMap<Instant, Optional<GroupDefinition>> own = groups.get(group);
    if (own != null) {
      changes.addAll(own.keySet());
    }
    return changes;
  }

  /** All apps and pods in a group at a moment, as far as that is kept; in order. */
  public List<RunSpec> allAt(AppId group, Instant moment) {
    List<RunSpec> all = new ArrayList<>();
    AppId.below(specs, group)
        .values()
        .forEach(versions -> at(versions, moment).ifPresent(all::add));
    return all;
  }

  /** All groups in a group of which something was said at a moment; in order. */
  public List<GroupDefinition> groupsAt(AppId group, Instant moment) {
    List<GroupDefinition> all = new ArrayList<>();
    AppId.below(groups, group)
        .values()
        .forEach(versions -> at(versions, moment).ifPresent(all::add));
    return all;
  }
}
