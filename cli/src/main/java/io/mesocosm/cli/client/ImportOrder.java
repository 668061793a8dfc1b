package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.cli.client.Definitions.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * In which order definitions are created: groups before what is in them, then apps and pods, each
 * after all that it or a group around it depends on.
 */
final class ImportOrder {

  /** Something to create. */
  record Item(Kind kind, String id, ObjectNode definition) {}

  private final Definitions definitions;
  // The runnable things by id: an app and a pod never share one.
  private final SortedMap<String, Item> items = new TreeMap<>();
  private final List<Item> ordered = new ArrayList<>();
  private final Set<String> visited = new HashSet<>();

  private ImportOrder(Definitions definitions) {
    this.definitions = definitions;
    definitions.apps().forEach((id, app) -> items.put(id, new Item(Kind.APP, id, app)));
    definitions.pods().forEach((id, pod) -> items.put(id, new Item(Kind.POD, id, pod)));
  }

  static List<Item> of(Definitions definitions) {
    ImportOrder order = new ImportOrder(definitions);
    List<Item> all = new ArrayList<>();
    // Sorted by id, parents come before their children.
    definitions
        .groups()
        .forEach((id, group) -> {
          if (order.mustBeSaid(id, group)) {
            all.add(new Item(Kind.GROUP, id, group));
          }
        });
    order.items.values().forEach(order::visit);
    all.addAll(order.ordered);
    return List.copyOf(all);
  }

  /** Other groups come into being with what is in them. */
  private boolean mustBeSaid(String id, ObjectNode group) {
    boolean says = !group.path("dependencies").isEmpty() || group.path("enforceRole").asBoolean();
    boolean isEmpty =
        definitions.groups().keySet().stream().noneMatch(other -> isBelow(other, id))
            && items.keySet().stream().noneMatch(other -> isBelow(other, id));
    return says || isEmpty && !id.equals("/");
  }

  /** Depth first. A cycle, which no scheduler accepts, is cut where it is met. */
  private void visit(Item item) {
    if (!visited.add(item.id())) {
      return;
    }
    for (String dependency : dependencies(item)) {
      for (Item other : items.values()) {
        if (other.id().equals(dependency) || isBelow(other.id(), dependency)) {
          visit(other);
        }
      }
    }
    ordered.add(item);
  }

  private List<String> dependencies(Item item) {
    List<String> found = new ArrayList<>();
    for (JsonNode dependency : item.definition().path("dependencies")) {
      found.add(Definitions.absolute(dependency.asText(), parent(item.id())));
    }
    definitions
        .groups()
        .forEach((group, definition) -> {
          if (isBelow(item.id(), group)) {
            definition.path("dependencies").forEach(dependency -> found.add(dependency.asText()));
          }
        });
    return found;
  }

  private static String parent(String id) {
    int slash = id.lastIndexOf('/');
    return slash <= 0 ? "/" : id.substring(0, slash);
  }

  static boolean isBelow(String id, String group) {
    return !id.equals(group) && (group.equals("/") || id.startsWith(group + "/"));
  }
}
