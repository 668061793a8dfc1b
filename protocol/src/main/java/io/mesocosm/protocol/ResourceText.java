package io.mesocosm.protocol;

import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resources as flags write them (contracts/mesos-allocation.md §10): {@code
 * cpus:4;mem(web):1024;ports:[1-5]}, or JSON.
 */
public final class ResourceText {
  private static final Pattern ENTRY = Pattern.compile("([^:;()]+)(?:\\(([^)]+)\\))?:(.+)");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9]{1,300}(?:\\.[0-9]{0,300})?(?:[eE][-+]?[0-9]{1,3})?");
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,19})(?:-([0-9]{1,19}))?");

  private ResourceText() {}

  /**
   * Reads either form. An amount of zero is dropped (see {@link #names} for what was mentioned).
   *
   * @param defaultRole of entries without a role; {@code *} for nobody's
   * @throws IllegalArgumentException saying what is wrong with which entry
   */
  public static Resources parse(String text, String defaultRole) {
    if (text.strip().startsWith("[")) {
      return fromJson(text);
    }
    List<Resource> resources = new ArrayList<>();
    for (String entry : entries(text)) {
      Matcher matcher = match(entry);
      String role = matcher.group(2) == null ? defaultRole : matcher.group(2);
      List<Reservation> reservations =
          role.equals("*") ? List.of() : List.of(new Reservation(role, false, Optional.empty()));
      resources.add(
          new Resource(
              matcher.group(1),
              value(matcher.group(1), entry, matcher.group(3)),
              reservations,
              Optional.empty(),
              false));
    }
    try {
      return Resources.of(resources);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("amounts that do not add up to more than 9e15", e);
    }
  }

  /** The names that are mentioned, with whatever amount: those are not detected (P13). */
  public static List<String> names(String text) {
    if (text.strip().startsWith("[")) {
      return readJson(text).stream()
          .map(org.apache.mesos.v1.Protos.Resource::getName)
          .distinct()
          .toList();
    }
    return entries(text).stream().map(entry -> match(entry).group(1)).distinct().toList();
  }

  private static Resources fromJson(String text) {
    try {
      return ResourceMapping.toModel(readJson(text));
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException("an array of resource objects: " + e.getMessage(), e);
    }
  }

  private static List<org.apache.mesos.v1.Protos.Resource> readJson(String text) {
    try {
      JsonValue value = JsonReader.read(text);
      if (!(value instanceof JsonValue.Arr array)) {
        throw new IllegalArgumentException("an array of resource objects");
      }
      List<org.apache.mesos.v1.Protos.Resource> resources = new ArrayList<>();
      for (int i = 0; i < array.items().size(); i++) {
        org.apache.mesos.v1.Protos.Resource.Builder resource =
            org.apache.mesos.v1.Protos.Resource.newBuilder();
        JsonToMessage.fill(array.items().get(i), resource, FieldPath.ROOT.index(i));
        MesosJson.requireInitialized(resource);
        resources.add(resource.build());
      }
      return resources;
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException("an array of resource objects: " + e.getMessage(), e);
    }
  }

  private static List<String> entries(String text) {
    List<String> entries = new ArrayList<>();
    for (String entry : text.replaceAll("\\s", "").split(";", -1)) {
      if (!entry.isEmpty()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static Matcher match(String entry) {
    Matcher matcher = ENTRY.matcher(entry);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "name:value or name(role):value, e.g. cpus:4;mem:1024;ports:[31000-32000], not '"
              + entry
              + "'");
    }
    return matcher;
  }

  private static Value value(String name, String entry, String text) {
    try {
      if (text.startsWith("[")) {
        return ranges(text);
      }
      if (text.startsWith("{") && text.endsWith("}")) {
        return Names.of(items(text));
      }
      if (!NUMBER.matcher(text).matches()) {
        throw new IllegalArgumentException("it is none of them");
      }
      return ResourceMapping.scalar(name, Double.parseDouble(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a number, ranges like [1-5,8-9] or a set like {a,b}, not '"
              + entry
              + "' ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** Reads {@code [1-5,8-9]}. Ranges may overlap here (P7). */
  static Ranges ranges(String text) {
    if (!text.endsWith("]")) {
      throw new IllegalArgumentException("the closing ] is missing");
    }
    List<Ranges.Range> ranges = new ArrayList<>();
    for (String item : items(text)) {
      Matcher matcher = RANGE.matcher(item);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("'" + item + "' is no range");
      }
      long begin = Long.parseLong(matcher.group(1));
      long end = matcher.group(2) == null ? begin : Long.parseLong(matcher.group(2));
      ranges.add(ResourceMapping.range(begin, end));
    }
    return new Ranges(ranges);
  }

  /** What stands between the brackets, however many they are. */
  private static List<String> items(String bracketed) {
    String inner = bracketed.substring(1, bracketed.length() - 1);
    return inner.isEmpty() ? List.of() : List.of(inner.split(",", -1));
  }
}
