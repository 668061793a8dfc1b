package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One field in which two definitions differ. What is absent, null or empty is the same; numbers are
 * compared by value; a port 0 asks for any, so whatever port there is satisfies it.
 *
 * @param path e.g. {@code env.MODE} or {@code healthChecks[0].path}
 * @param before a missing node if it was not there
 * @param after a missing node if it will not be there
 */
record Difference(String path, JsonNode before, JsonNode after) {

  /** How much the wanted definition says. */
  enum Extent {
    /** All of it: what it leaves out shall be gone. */
    WHOLE,
    /** What a person wrote: what it leaves out is for the scheduler to fill in. */
    WRITTEN
  }

  static List<Difference> between(JsonNode present, JsonNode wanted, Extent extent) {
    List<Difference> found = new ArrayList<>();
    compare("", present, wanted, extent, found);
    return List.copyOf(found);
  }

  String text() {
    if (isEmpty(before)) {
      return path + ": added " + after;
    }
    return isEmpty(after) ? path + ": removed " + before : path + ": " + before + " -> " + after;
  }

  private static void compare(
      String path, JsonNode before, JsonNode after, Extent extent, List<Difference> found) {
    if (isEmpty(before) && isEmpty(after)) {
      return;
    }
    if (isTree(before) && isTree(after) && before.isObject() == after.isObject()) {
      children(path, before, after, extent, found);
    } else if (isTree(before) && isEmpty(after) || isTree(after) && isEmpty(before)) {
      children(path, orEmpty(before), orEmpty(after), Extent.WHOLE, found);
    } else if (!isSame(before, after) && !asksForAnyPort(path, before, after)) {
      found.add(new Difference(path, before, after));
    }
  }

  private static void children(
      String path, JsonNode before, JsonNode after, Extent extent, List<Difference> found) {
    boolean isObject = before.isObject() || after.isObject();
    TreeMap<String, JsonNode> old = parts(path, before);
    TreeMap<String, JsonNode> wanted = parts(path, after);
    TreeSet<String> names = new TreeSet<>(old.keySet());
    names.addAll(wanted.keySet());
    for (String name : names) {
      boolean leftOut = isObject && !wanted.containsKey(name);
      if (leftOut && extent == Extent.WRITTEN) {
        continue;
      }
      compare(
          path.isEmpty() ? name : path + (isObject ? "." + name : "[" + name.strip() + "]"),
          old.getOrDefault(name, MissingNode.getInstance()),
          wanted.getOrDefault(name, MissingNode.getInstance()),
          extent,
          found);
    }
  }

  /** Containers go by name, as everything that refers to them; other lists by position. */
  private static TreeMap<String, JsonNode> parts(String path, JsonNode node) {
    TreeMap<String, JsonNode> parts = new TreeMap<>();
    if (node.isObject()) {
      node.properties().forEach(field -> parts.put(field.getKey(), field.getValue()));
      return parts;
    }
    for (int i = 0; i < node.size(); i++) {
      // Padded, so that 10 does not come before 2.
      String position = String.format(java.util.Locale.ROOT, "%6d", i);
      String name = path.equals("containers") ? node.get(i).path("name").asText("") : "";
      parts.put(name.isEmpty() || parts.containsKey(name) ? position : name, node.get(i));
    }
    return parts;
  }

  /** Something with parts that are worth a line each: a list of plain values is one value. */
  private static boolean isTree(JsonNode node) {
    return node.isObject() || node.isArray() && !node.isEmpty() && node.get(0).isObject();
  }

  private static JsonNode orEmpty(JsonNode node) {
    return isEmpty(node) ? MissingNode.getInstance() : node;
  }

  static boolean isEmpty(JsonNode node) {
    return node.isMissingNode() || node.isNull() || node.isContainerNode() && node.isEmpty();
  }

  private static boolean isSame(JsonNode before, JsonNode after) {
    return before.equals(Difference::compareValues, after);
  }

  /** Zero if they are the same; Jackson asks for no more. */
  private static int compareValues(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue());
    }
    return one.equals(other) ? 0 : 1;
  }

  private static boolean asksForAnyPort(String path, JsonNode before, JsonNode after) {
    if (path.endsWith(".port") && path.startsWith("portDefinitions")
        || path.endsWith(".servicePort")) {
      return before.isNumber() && after.isNumber() && after.asInt() == 0;
    }
    if (!path.equals("ports") || before.size() != after.size()) {
      return false;
    }
    for (int i = 0; i < after.size(); i++) {
      if (after.get(i).asInt() != 0 && !isSame(before.get(i), after.get(i))) {
        return false;
      }
    }
    return true;
  }
}
