package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.Past;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes groups (contracts/marathon-api.md §15). A group is there if anything was said of it, or if
 * there is anything in it; the root is there always.
 */
public final class GroupWriter {
  /**
   * @param groups whether to write groups within groups
   * @param apps whether to write apps, with {@code app} of each
   * @param pods whether to write pods
   */
  public record Embed(boolean groups, boolean apps, boolean pods, SnapshotWriter.Embed app) {}

  /** One level of the tree. */
  private static final class Level {
    final AppId id;
    final List<RunSpec> specs = new ArrayList<>();
    final SortedMap<AppId, Level> groups = new TreeMap<>();
    Optional<GroupDefinition> said = Optional.empty();
    Instant version = AppDefinition.UNVERSIONED;

    Level(AppId id) {
      this.id = id;
    }

    void saw(Instant changed) {
      version = changed.isAfter(version) ? changed : version;
    }
  }

  private final Embed embed;
  private final Function<RunSpec, ObjectNode> apps;

  private GroupWriter(Embed embed, Function<RunSpec, ObjectNode> apps) {
    this.embed = embed;
    this.apps = apps;
  }

  /** The group as it is; absent if there is none. */
  public static Optional<ObjectNode> write(ServicesSnapshot snapshot, AppId group, Embed embed) {
    if (!snapshot.isGroup(group)) {
      return Optional.empty();
    }
    GroupWriter writer =
        new GroupWriter(
            embed,
            spec -> {
              SpecView view = snapshot.specs().get(spec.id());
              return view == null
                  ? AppWriter.write((AppDefinition) spec)
                  : SnapshotWriter.app(view, embed.app());
            });
    List<GroupDefinition> said = new ArrayList<>(AppId.below(snapshot.groups(), group).values());
    Optional.ofNullable(snapshot.groups().get(group)).ifPresent(said::add);
    Level top = level(group, specs(snapshot.below(group)), said);
    lastChange(snapshot.past(), group).ifPresent(top::saw);
    return Optional.of(writer.write(top));
  }

  private static List<RunSpec> specs(Collection<SpecView> views) {
    return views.stream().map(SpecView::spec).toList();
  }

  private static Optional<Instant> lastChange(Past past, AppId group) {
    SortedSet<Instant> changes = past.changes(group);
    return changes.isEmpty() ? Optional.empty() : Optional.of(changes.last());
  }

  /** The group as it was; absent if there was none, or nothing of it is kept. */
  public static Optional<ObjectNode> write(Past past, AppId group, Instant moment) {
    List<RunSpec> specs = past.allAt(group, moment);
    List<GroupDefinition> said = new ArrayList<>(past.groupsAt(group, moment));
    past.groupAt(group, moment).ifPresent(said::add);
    if (specs.isEmpty() && said.isEmpty() && !group.isRoot()) {
      return Optional.empty();
    }
    GroupWriter writer =
        new GroupWriter(
            new Embed(
                true, true, true, new SnapshotWriter.Embed(false, false, false, false, false)),
            spec -> AppWriter.write((AppDefinition) spec));
    Level top = level(group, specs, said);
    top.saw(moment);
    return Optional.of(writer.write(top));
  }

  private static Level level(AppId group, List<RunSpec> specs, List<GroupDefinition> said) {
    Level top = new Level(group);
    for (GroupDefinition one : said) {
      Level level = descend(top, one.id(), one.id().segments().size(), one.version());
      level.said = Optional.of(one);
    }
    for (RunSpec spec : specs) {
      descend(top, spec.id(), spec.id().segments().size() - 1, spec.version()).specs.add(spec);
    }
    return top;
  }

  /** To the group of so many segments that the id lies in or is. */
  private static Level descend(Level top, AppId id, int depth, Instant version) {
    Level level = top;
    level.saw(version);
    for (int i = top.id.segments().size(); i < depth; i++) {
      AppId next = new AppId(String.join("/", id.segments().subList(0, i + 1)));
      level = level.groups.computeIfAbsent(next, Level::new);
      level.saw(version);
    }
    return level;
  }

  private ObjectNode write(Level level) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", level.id.path());
    ArrayNode apps = json.putArray("apps");
    ArrayNode groups = json.putArray("groups");
    ArrayNode pods = json.putArray("pods");
    for (RunSpec spec : level.specs) {
      switch (spec) {
        case AppDefinition _ when embed.apps() -> apps.add(this.apps.apply(spec));
        case PodDefinition pod when embed.pods() -> pods.add(PodWriter.write(pod));
        case AppDefinition _, PodDefinition _ -> {
          // not asked for
        }
      }
    }
    if (embed.groups()) {
      level.groups.values().forEach(inner -> groups.add(write(inner)));
    }
    AppWriter.putTexts(
        json,
        "dependencies",
        level.said.map(GroupDefinition::dependencies).orElse(List.of()).stream()
            .map(AppId::path)
            .toList());
    json.put("version", Timestamps.format(level.version));
    json.put("enforceRole", level.said.map(GroupDefinition::enforceRole).orElse(false));
    return json;
  }
}
