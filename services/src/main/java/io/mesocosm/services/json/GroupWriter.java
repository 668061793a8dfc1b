package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.AppView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes groups (contracts/marathon-api.md §15). A group is there as long as there is an app below
 * it; the root is there always.
 */
public final class GroupWriter {
  /**
   * @param groups whether to write groups within groups
   * @param apps whether to write apps, with {@code app} of each
   */
  public record Embed(boolean groups, boolean apps, SnapshotWriter.Embed app) {}

  private final ServicesSnapshot snapshot;
  private final Embed embed;

  public GroupWriter(ServicesSnapshot snapshot, Embed embed) {
    this.snapshot = snapshot;
    this.embed = embed;
  }

  /** Absent if there is no such group. */
  public Optional<ObjectNode> write(AppId group) {
    List<AppView> below = below(group);
    if (below.isEmpty() && !group.isRoot()) {
      return Optional.empty();
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", group.path());
    ArrayNode apps = json.putArray("apps");
    TreeSet<AppId> groups = new TreeSet<>();
    int depth = group.segments().size();
    for (AppView view : below) {
      AppId id = view.app().id();
      if (id.segments().size() > depth + 1) {
        groups.add(new AppId(String.join("/", id.segments().subList(0, depth + 1))));
      } else if (embed.apps()) {
        apps.add(SnapshotWriter.app(view, embed.app()));
      }
    }
    ArrayNode inner = json.putArray("groups");
    if (embed.groups()) {
      groups.forEach(id -> write(id).ifPresent(inner::add));
    }
    json.putArray("pods");
    json.putArray("dependencies");
    Instant version =
        below.stream()
            .map(view -> view.app().version())
            .max(Instant::compareTo)
            .orElse(AppDefinition.UNVERSIONED);
    json.put("version", Timestamps.format(version));
    json.put("enforceRole", false);
    return Optional.of(json);
  }

  /** The apps of the group and of those within it. */
  public List<AppView> below(AppId group) {
    return snapshot.apps().values().stream()
        .filter(view -> view.app().id().isBelow(group))
        .toList();
  }
}
