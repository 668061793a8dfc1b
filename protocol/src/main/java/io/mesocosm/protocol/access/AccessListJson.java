package io.mesocosm.protocol.access;

import io.mesocosm.model.access.AccessList;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Names;
import io.mesocosm.protocol.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads Mesos's access control lists (contracts/mesos-ha.md §10). What the original would let pass
 * unheard, such as a misspelt key, is refused: a list that does not say what its author meant is
 * worse than none.
 */
public final class AccessListJson {
  private static final String PERMISSIVE = "permissive";
  private static final String PRINCIPALS = "principals";

  /** The only endpoints that a rule can name; the others have actions of their own. */
  private static final List<String> PATHS =
      List.of(
          "/containers",
          "/containerizer/debug",
          "/files/debug",
          "/logging/toggle",
          "/metrics/snapshot",
          "/monitor/statistics");

  private AccessListJson() {}

  /**
   * @throws InvalidMessageException in one line: where the document is wrong, and what is expected
   */
  public static AccessList parse(String text) throws InvalidMessageException {
    boolean permissive = true;
    SortedMap<Action, List<AccessList.Rule>> rules = new TreeMap<>();
    for (Map.Entry<String, Object> entry : KnownJson.object(text).entrySet()) {
      String key = entry.getKey();
      if (key.equals(PERMISSIVE)) {
        if (!(entry.getValue() instanceof Boolean value)) {
          throw bad(PERMISSIVE, entry.getValue(), "true or false");
        }
        permissive = value;
        continue;
      }
      Optional<Action> action = Action.ofKey(key);
      if (action.isEmpty()) {
        throw new InvalidMessageException(
            "acls: no action has the key '" + key + "': see the reference for those that exist");
      }
      rules.put(action.get(), rules(action.get(), entry.getValue()));
    }
    return new AccessList(permissive, rules);
  }

  private static List<AccessList.Rule> rules(Action action, Object value)
      throws InvalidMessageException {
    if (!(value instanceof List<?> items)) {
      throw bad(action.key(), value, "an array of rules");
    }
    List<AccessList.Rule> rules = new ArrayList<>();
    for (Object item : items) {
      String where = action.key() + "[" + rules.size() + "]";
      if (!(item instanceof Map<?, ?> rule)) {
        throw bad(where, item, expected(action));
      }
      for (Object key : rule.keySet()) {
        if (!key.equals(PRINCIPALS) && !key.equals(action.objectKey())) {
          throw new InvalidMessageException(
              "acls: "
                  + where
                  + " has the unknown key '"
                  + key
                  + "': expected "
                  + expected(action));
        }
      }
      Names objects = names(where + "." + action.objectKey(), rule.get(action.objectKey()));
      requireMeaning(where + "." + action.objectKey(), action, objects);
      rules.add(
          new AccessList.Rule(names(where + "." + PRINCIPALS, rule.get(PRINCIPALS)), objects));
    }
    return rules;
  }

  private static String expected(Action action) {
    return "an object with " + PRINCIPALS + " and " + action.objectKey();
  }

  private static Names names(String where, @org.jspecify.annotations.Nullable Object value)
      throws InvalidMessageException {
    String expected = "an object with values, or with type ANY or NONE";
    if (!(value instanceof Map<?, ?> entity)) {
      throw bad(where, value == null ? new KnownJson.Null() : value, expected);
    }
    Optional<String> type = Optional.empty();
    Optional<List<String>> values = Optional.empty();
    for (Map.Entry<?, ?> field : entity.entrySet()) {
      if (field.getKey().equals("type") && field.getValue() instanceof String text) {
        type = Optional.of(text);
      } else if (field.getKey().equals("values") && field.getValue() instanceof List<?> items) {
        values = Optional.of(texts(where + ".values", items));
      } else {
        throw new InvalidMessageException(
            "acls: " + where + "." + field.getKey() + " is not understood: expected " + expected);
      }
    }
    return switch (type.orElse("SOME")) {
      case "ANY" -> requireNoValues(where, values, new Names.Any());
      case "NONE" -> requireNoValues(where, values, new Names.Nobody());
      case "SOME" ->
          Names.only(
              values.orElseThrow(() ->
                  new InvalidMessageException(
                      "acls: " + where + " names nothing: expected " + expected)));
      default ->
          throw new InvalidMessageException(
              "acls: " + where + ".type is '" + type.orElse("") + "': expected SOME, ANY or NONE");
    };
  }

  private static Names requireNoValues(String where, Optional<List<String>> values, Names names)
      throws InvalidMessageException {
    if (values.isPresent() && !values.get().isEmpty()) {
      throw new InvalidMessageException(
          "acls: " + where + " has both values and a type that has none: leave one of them out");
    }
    return names;
  }

  private static List<String> texts(String where, List<?> items) throws InvalidMessageException {
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof String text)) {
        throw bad(where + "[" + texts.size() + "]", item, "a string");
      }
      texts.add(text);
    }
    return texts;
  }

  private static void requireMeaning(String where, Action action, Names objects)
      throws InvalidMessageException {
    if (!(objects instanceof Names.Only only)) {
      return;
    }
    if (!action.object().isNamed()) {
      throw new InvalidMessageException(
          "acls: " + where + " names single ones: only type ANY or NONE has a meaning there");
    }
    if (action.object() == Action.ObjectKind.PATH && !PATHS.containsAll(only.values())) {
      throw new InvalidMessageException(
          "acls: " + where + " is " + only.values() + ": expected some of " + PATHS);
    }
  }

  private static InvalidMessageException bad(String where, Object value, String expected) {
    return new InvalidMessageException(
        "acls: " + where + " is " + KnownJson.kind(value) + ": expected " + expected);
  }
}
