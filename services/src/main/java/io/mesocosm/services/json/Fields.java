package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields of one JSON object, read with types. A field that is null counts as not given; one of
 * another type is noted as a problem, and counts as not given from then on.
 *
 * @param path of the object itself, empty for the outermost
 */
record Fields(ObjectNode node, String path, Problems problems) {
  /** The path of a field of this object, e.g. {@code /container/docker}. */
  String pathOf(String name) {
    return path + "/" + name;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** Whether a field is given and says anything: not an empty list, object or text. */
  boolean hasContent(String name) {
    JsonNode value = node.path(name);
    if (value.isContainerNode()) {
      return !value.isEmpty();
    }
    return has(name) && !(value.isTextual() && value.textValue().isEmpty());
  }

  private Optional<JsonNode> value(String name) {
    return has(name) ? Optional.of(node.get(name)) : Optional.empty();
  }

  private Optional<JsonNode> value(String name, boolean matches, String code) {
    Optional<JsonNode> value = value(name);
    if (value.isPresent() && !matches) {
      problems.wrongType(pathOf(name), code);
      return Optional.empty();
    }
    return value;
  }

  Optional<String> text(String name) {
    return value(name, node.path(name).isTextual(), "error.expected.jsstring")
        .map(JsonNode::textValue);
  }

  /** A text that must be there. */
  String requiredText(String name) {
    if (!has(name)) {
      problems.wrongType(pathOf(name), "error.path.missing");
    }
    return text(name).orElse("");
  }

  boolean bool(String name, boolean fallback) {
    return value(name, node.path(name).isBoolean(), "error.expected.jsboolean")
        .map(JsonNode::booleanValue)
        .orElse(fallback);
  }

  Optional<Double> number(String name) {
    return value(name, node.path(name).isNumber(), "error.expected.jsnumber")
        // A zero of less than nothing is written as zero, and must be equal to it.
        .map(value -> value.doubleValue() + 0.0);
  }

  Optional<Integer> integer(String name) {
    Optional<Double> number = number(name);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    double given = number.get();
    if (given != Math.rint(given) || Math.abs(given) > Integer.MAX_VALUE) {
      problems.wrongType(pathOf(name), "error.expected.int");
      return Optional.empty();
    }
    return Optional.of((int) given);
  }

  /** A whole number that must not be less than {@code min}. */
  Optional<Integer> integer(String name, int min) {
    Optional<Integer> value = integer(name);
    value.ifPresent(given ->
        problems.ruleUnless(
            given >= min, pathOf(name), "got " + given + ", expected " + min + " or more"));
    return value;
  }

  /** A number between two bounds, both allowed. */
  Optional<Double> number(String name, double min, double max) {
    Optional<Double> value = number(name);
    value.ifPresent(given ->
        problems.ruleUnless(
            given >= min && given <= max,
            pathOf(name),
            max == Double.MAX_VALUE
                ? "got " + given + ", expected " + min + " or more"
                : "got " + given + ", expected between " + min + " and " + max));
    return value;
  }

  /** One of the constants of an enum, written as its name in whatever case. */
  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    return text(name)
        .flatMap(given -> {
          List<String> names = new ArrayList<>();
          for (E constant : type.getEnumConstants()) {
            names.add(constant.name());
            if (constant.name().equals(given.toUpperCase(Locale.ROOT))) {
              return Optional.of(constant);
            }
          }
          problems.brokenRule(
              pathOf(name), "got " + given + ", expected one of " + String.join(", ", names));
          return Optional.empty();
        });
  }

  Optional<Fields> object(String name) {
    return value(name, node.path(name).isObject(), "error.expected.jsobject")
        .map(value -> new Fields((ObjectNode) value, pathOf(name), problems));
  }

  /** Of an object that is not given, no field is given. */
  Fields objectOrEmpty(String name) {
    return object(name)
        .orElseGet(() -> new Fields(JsonNodeFactory.instance.objectNode(), pathOf(name), problems));
  }

  private Optional<List<JsonNode>> array(String name) {
    return value(name, node.path(name).isArray(), "error.expected.jsarray")
        .map(value -> {
          List<JsonNode> elements = new ArrayList<>();
          value.forEach(elements::add);
          return elements;
        });
  }

  /** The objects of a list; absent if the list is not given. */
  Optional<List<Fields>> objects(String name) {
    return array(name)
        .map(elements -> {
          List<Fields> objects = new ArrayList<>();
          for (int i = 0; i < elements.size(); i++) {
            String element = pathOf(name) + "(" + i + ")";
            if (elements.get(i) instanceof ObjectNode object) {
              objects.add(new Fields(object, element, problems));
            } else {
              problems.wrongType(element, "error.expected.jsobject");
            }
          }
          return objects;
        });
  }

  /** The texts of a list; absent if the list is not given. */
  Optional<List<String>> texts(String name) {
    return array(name).map(elements -> texts(elements, pathOf(name)));
  }

  private List<String> texts(Iterable<JsonNode> elements, String listPath) {
    List<String> texts = new ArrayList<>();
    int index = 0;
    for (JsonNode element : elements) {
      if (element.isTextual()) {
        texts.add(element.textValue());
      } else {
        problems.wrongType(listPath + "(" + index + ")", "error.expected.jsstring");
      }
      index++;
    }
    return texts;
  }

  /** The lists of texts of a list. */
  List<List<String>> listsOfTexts(String name) {
    List<JsonNode> elements = array(name).orElse(List.of());
    List<List<String>> lists = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      String element = pathOf(name) + "(" + i + ")";
      if (elements.get(i).isArray()) {
        lists.add(texts(elements.get(i), element));
      } else {
        problems.wrongType(element, "error.expected.jsarray");
      }
    }
    return lists;
  }

  /** The whole numbers of a list; absent if the list is not given. */
  Optional<List<Integer>> integers(String name) {
    return array(name)
        .map(elements -> {
          List<Integer> integers = new ArrayList<>();
          for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i).isInt()) {
              integers.add(elements.get(i).intValue());
            } else {
              problems.wrongType(pathOf(name) + "(" + i + ")", "error.expected.jsnumber");
            }
          }
          return integers;
        });
  }

  /** A map of texts; empty if it is not given. */
  SortedMap<String, String> textsByName(String name) {
    SortedMap<String, String> texts = new TreeMap<>();
    Fields map = objectOrEmpty(name);
    for (Map.Entry<String, JsonNode> entry : map.node().properties()) {
      if (entry.getValue().isTextual()) {
        texts.put(entry.getKey(), entry.getValue().textValue());
      } else {
        problems.wrongType(map.pathOf(entry.getKey()), "error.expected.jsstring");
      }
    }
    return texts;
  }
}
