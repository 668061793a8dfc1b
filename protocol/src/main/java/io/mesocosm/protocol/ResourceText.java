package io.mesocosm.protocol;

import io.mesocosm.model.RoleNames;
import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.model.resource.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos;

/**
 * Resources as flags write them (contracts/mesos-allocation.md §10): {@code
 * cpus:4;mem(web):1024;ports:[1-5]}, or JSON. A file that the flag names is read by whoever reads
 * flags.
 */
public final class ResourceText {
  private static final Pattern ENTRY = Pattern.compile("([^:;()]+)(?:\\(([^)]+)\\))?:(.+)");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9]{1,300}(?:\\.[0-9]{0,300})?(?:[eE][-+]?[0-9]{1,3})?");
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,19})(?:-([0-9]{1,19}))?");

  private ResourceText() {}

  /**
   * What a flag declares.
   *
   * @param resources without those of no amount
   * @param names what was mentioned, with whatever amount: none of it is detected (P13); that
   *     {@code disk} is among them means the root disk is not detected either (D8)
   */
  public record Declared(Resources resources, SortedSet<String> names) {
    public Declared {
      names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
  }

  /**
   * Reads either form.
   *
   * @param defaultRole of entries without a role; {@code *} for nobody's
   * @throws IllegalArgumentException saying what is wrong with which entry
   */
  public static Declared declared(String text, String defaultRole) {
    List<Resource> entries =
        text.strip().startsWith("[") ? fromJson(text, defaultRole) : fromText(text, defaultRole);
    SortedMap<String, Class<?>> types = new TreeMap<>();
    for (Resource entry : entries) {
      Class<?> before = types.putIfAbsent(entry.name(), entry.value().getClass());
      if (before != null && before != entry.value().getClass()) {
        throw new IllegalArgumentException(
            "resource " + entry.name() + " has values of different types");
      }
    }
    Resources resources = Resources.of(entries);
    resources.scalarQuantities().forEach(ResourceText::requireCountable);
    return new Declared(resources, new TreeSet<>(types.keySet()));
  }

  /** The resources that are declared; see {@link #declared}. */
  public static Resources parse(String text, String defaultRole) {
    return declared(text, defaultRole).resources();
  }

  /** The names that are mentioned; see {@link #declared}. */
  public static List<String> names(String text) {
    return List.copyOf(declared(text, RoleNames.ANYBODY).names());
  }

  private static List<Resource> fromText(String text, String defaultRole) {
    List<Resource> resources = new ArrayList<>();
    for (String entry : entries(text)) {
      Matcher matcher = match(entry);
      String role = matcher.group(2) == null ? defaultRole : matcher.group(2);
      RoleNames.problem(role)
          .ifPresent(problem -> {
            throw new IllegalArgumentException("role " + problem + " in '" + entry + "'");
          });
      List<Reservation> reservations =
          role.equals(RoleNames.ANYBODY)
              ? List.of()
              : List.of(new Reservation(role, false, Optional.empty()));
      String name = matcher.group(1);
      resources.add(
          new Resource(
              name, value(name, entry, matcher.group(3)), reservations, Optional.empty(), false));
    }
    return resources;
  }

  private static List<Resource> fromJson(String text, String defaultRole) {
    try {
      JsonValue value = JsonReader.read(text);
      if (!(value instanceof JsonValue.Arr array)) {
        throw new IllegalArgumentException("an array of resource objects");
      }
      List<Resource> resources = new ArrayList<>();
      for (int i = 0; i < array.items().size(); i++) {
        Protos.Resource.Builder message = Protos.Resource.newBuilder();
        JsonToMessage.fill(array.items().get(i), message, FieldPath.ROOT.index(i));
        MesosJson.requireInitialized(message);
        Resource resource = ResourceMapping.toModel(withDefaultRole(message, defaultRole));
        requireOfAgent(resource);
        resources.add(resource);
      }
      return resources;
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException("an array of resource objects: " + e.getMessage(), e);
    }
  }

  // The old field is deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  private static Protos.Resource withDefaultRole(
      Protos.Resource.Builder message, String defaultRole) {
    if (!message.hasRole() && message.getReservationsCount() == 0) {
      message.setRole(defaultRole);
    }
    return message.build();
  }

  /** What an agent has to begin with; the rest is made of it by operations (V1, D1, X1). */
  private static void requireOfAgent(Resource resource) {
    if (resource.isDynamicallyReserved()
        || resource.isPersistentVolume()
        || resource.revocable()
        || resource.allocationRole().isPresent()) {
      throw new IllegalArgumentException(
          "resources that are plain or statically reserved, not "
              + resource
              + ", which is dynamically reserved, a persistent volume, revocable or allocated;"
              + " reserve and create at run time");
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

  private static void requireCountable(String name, Scalar scalar) {
    if (scalar.toDouble() > Scalar.AMOUNT_MAX) {
      throw new IllegalArgumentException(
          "amounts that do not add up to more than 9e15, as those of " + name + " do");
    }
  }

  /** What stands between the brackets, however many they are. */
  private static List<String> items(String bracketed) {
    String inner = bracketed.substring(1, bracketed.length() - 1);
    return inner.isEmpty() ? List.of() : List.of(inner.split(",", -1));
  }
}
