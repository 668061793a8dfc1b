package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to become of a group (contracts/marathon-api.md §15), read. What is not said stays as it
 * is; a list that is said takes the place of what there was.
 *
 * @param id absolute
 * @param apps complete definitions of those directly in it
 * @param groups those directly in it
 * @param version to go back to; then nothing else is said
 * @param scaleBy to multiply all numbers of instances by; then nothing else is said
 */
public record GroupUpdate(
    AppId id,
    Optional<List<AppDefinition>> apps,
    Optional<List<GroupUpdate>> groups,
    Optional<List<AppId>> dependencies,
    Optional<Boolean> enforceRole,
    Optional<Instant> version,
    Optional<Double> scaleBy) {
  private static final int DEPTH_MAX = 100;

  /**
   * @param base the group that the path of the request names: ids are relative to it
   * @throws InvalidRequestException with everything that is wrong with it
   */
  public static GroupUpdate read(AppId base, JsonNode json, AppUpdates apps) {
    Map<String, List<String>> errors = new LinkedHashMap<>();
    AppId id = idOf(base, json);
    GroupUpdate update = new Reading(apps, errors).read(id, json, "", 0);
    if (!errors.isEmpty()) {
      throw InvalidRequestException.broken(errors);
    }
    return update;
  }

  private static AppId idOf(AppId base, JsonNode json) {
    if (!json.isObject()) {
      throw InvalidRequestException.unreadable(Map.of("/", List.of("error.expected.jsobject")));
    }
    return json.path("id").isTextual() ? base.resolve(json.path("id").textValue()) : base;
  }

  /** One document being read. */
  private static final class Reading {
    private final AppUpdates reader;
    private final Map<String, List<String>> errors;

    Reading(AppUpdates reader, Map<String, List<String>> errors) {
      this.reader = reader;
      this.errors = errors;
    }

    GroupUpdate read(AppId id, JsonNode json, String path, int depth) {
      if (!(json instanceof ObjectNode object)) {
        throw InvalidRequestException.unreadable(
            Map.of(path.isEmpty() ? "/" : path, List.of("error.expected.jsobject")));
      }
      if (depth > DEPTH_MAX) {
        throw InvalidRequestException.broken(
            path, "groups are nested deeper than " + DEPTH_MAX + " levels");
      }
      Problems problems = new Problems();
      Fields fields = new Fields(object, path, problems);
      Optional<Instant> version = fields.text("version").flatMap(Timestamps::parse);
      Optional<Double> scaleBy = fields.number("scaleBy", 0, 1_000_000);
      Optional<Boolean> enforceRole =
          fields.has("enforceRole")
              ? Optional.of(fields.bool("enforceRole", false))
              : Optional.empty();
      if (!id.isRoot() && !AppRules.hasValidLetters(id)) {
        problems.brokenRule(
            path + "/id", "must fully match regular expression '" + AppRules.segments() + "'");
      }
      problems.ruleUnless(
          !enforceRole.orElse(false) || id.segments().size() == 1,
          path + "/enforceRole",
          "enforceRole can only be set on a top-level group");
      Optional<List<AppId>> dependencies =
          fields.texts("dependencies").map(all -> all.stream().map(id::resolve).toList());
      collect(problems);
      return new GroupUpdate(
          id,
          list(object, "apps").map(all -> apps(id, all, path)),
          list(object, "groups").map(all -> groups(id, all, path, depth)),
          dependencies,
          enforceRole,
          version,
          scaleBy);
    }

    private void collect(Problems problems) {
      try {
        problems.throwIfAny();
      } catch (InvalidRequestException e) {
        merge("", e);
      }
    }

    private void merge(String prefix, InvalidRequestException problem) {
      if (problem.status() == 400) {
        Map<String, List<String>> prefixed = new LinkedHashMap<>();
        problem.errorsByPath().forEach((path, texts) -> prefixed.put(prefix + path, texts));
        throw InvalidRequestException.unreadable(prefixed);
      }
      problem
          .errorsByPath()
          .forEach((path, texts) ->
              errors.computeIfAbsent(prefix + path, _ -> new ArrayList<>()).addAll(texts));
    }

    private static Optional<List<JsonNode>> list(ObjectNode object, String name) {
      JsonNode node = object.path(name);
      if (!object.hasNonNull(name)) {
        return Optional.empty();
      }
      if (!node.isArray()) {
        throw InvalidRequestException.unreadable(
            Map.of("/" + name, List.of("error.expected.jsarray")));
      }
      List<JsonNode> elements = new ArrayList<>();
      node.forEach(elements::add);
      return Optional.of(elements);
    }

    private List<AppDefinition> apps(AppId group, List<JsonNode> all, String path) {
      List<AppDefinition> apps = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        String at = path + "/apps(" + i + ")";
        JsonNode json = all.get(i);
        if (!json.path("id").isTextual()) {
          throw InvalidRequestException.unreadable(
              Map.of(at + "/id", List.of("error.path.missing")));
        }
        AppId id = group.resolve(json.path("id").textValue());
        if (!id.parent().equals(Optional.of(group))) {
          errors
              .computeIfAbsent(at + "/id", _ -> new ArrayList<>())
              .add("identifier " + id + " is not child of " + group);
          continue;
        }
        try {
          apps.add(reader.completeIn(id, json));
        } catch (InvalidRequestException e) {
          merge(at, e);
        }
      }
      duplicates(apps.stream().map(AppDefinition::id).toList(), path + "/apps");
      return apps;
    }

    private List<GroupUpdate> groups(AppId group, List<JsonNode> all, String path, int depth) {
      List<GroupUpdate> groups = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        String at = path + "/groups(" + i + ")";
        JsonNode json = all.get(i);
        if (!json.path("id").isTextual()) {
          throw InvalidRequestException.unreadable(
              Map.of(at + "/id", List.of("error.path.missing")));
        }
        AppId id = group.resolve(json.path("id").textValue());
        if (!id.isBelow(group)) {
          errors
              .computeIfAbsent(at + "/id", _ -> new ArrayList<>())
              .add("identifier " + id + " is not child of " + group);
          continue;
        }
        groups.add(read(id, json, at, depth + 1));
      }
      duplicates(groups.stream().map(GroupUpdate::id).toList(), path + "/groups");
      return groups;
    }

    private void duplicates(List<AppId> ids, String path) {
      if (ids.stream().distinct().count() < ids.size()) {
        errors
            .computeIfAbsent(path, _ -> new ArrayList<>())
            .add("Elements must be unique: an id is there more than once");
      }
    }
  }
}
