package io.mesocosm.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The flags of one role, read from the command line ({@code --name=value}, {@code --name value},
 * {@code --name}, {@code --no-name}), then from the environment ({@code COSM_NAME}, then {@code
 * MESOS_NAME} or {@code MARATHON_NAME}), then from their defaults. Everything wrong is reported at
 * once.
 */
public final class Flags {
  private final Map<String, Object> values;
  private final SortedMap<String, String> texts;

  private Flags(Map<String, Object> values, SortedMap<String, String> texts) {
    this.values = values;
    this.texts = texts;
  }

  /**
   * Bad flags. The message has one line a problem, each naming the flag, the value and the remedy.
   */
  public static final class InvalidFlagsException extends RuntimeException {
    private final List<String> problems;

    InvalidFlagsException(List<String> problems) {
      super(String.join("\n", problems));
      this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
      return problems;
    }
  }

  /**
   * @param known every flag of the role
   * @param environmentPrefixes in order of precedence, e.g. {@code COSM_}, {@code MESOS_}
   */
  public static Flags parse(
      List<Flag<?>> known,
      List<String> arguments,
      Map<String, String> environment,
      List<String> environmentPrefixes) {
    List<String> problems = new ArrayList<>();
    Map<String, Flag<?>> knownByName = new LinkedHashMap<>();
    known.forEach(flag -> knownByName.put(flag.name(), flag));

    Map<String, String> given = fromArguments(knownByName, arguments, problems);
    Map<String, Object> values = new LinkedHashMap<>();
    SortedMap<String, String> texts = new TreeMap<>();
    for (Flag<?> flag : known) {
      Optional<String> text = Optional.ofNullable(given.get(flag.name()));
      String source = "--" + flag.name();
      for (String prefix : environmentPrefixes) {
        String variable = prefix + flag.name().toUpperCase(Locale.ROOT);
        if (text.isEmpty() && environment.containsKey(variable)) {
          text = Optional.ofNullable(environment.get(variable));
          source = variable;
        }
      }
      text = text.or(flag::fallback);
      if (text.isEmpty()) {
        if (flag.required()) {
          problems.add("--" + flag.name() + " is required: " + flag.help());
        }
        continue;
      }
      try {
        values.put(flag.name(), flag.parser().apply(text.get()));
        texts.put(flag.name(), text.get());
      } catch (IllegalArgumentException e) {
        problems.add(
            source
                + "="
                + withoutPassword(text.get())
                + " is not valid: expected "
                + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidFlagsException(problems);
    }
    return new Flags(values, texts);
  }

  /** The value of a flag that has a default or is required. */
  @SuppressWarnings("unchecked") // parse() stored what this flag's own parser returned
  public <T> T get(Flag<T> flag) {
    Object value = values.get(flag.name());
    if (value == null) {
      throw new IllegalStateException(
          "flag --" + flag.name() + " has no value and no default: use find");
    }
    return (T) value;
  }

  /** The value of a flag that may be absent. */
  @SuppressWarnings("unchecked") // parse() stored what this flag's own parser returned
  public <T> Optional<T> find(Flag<T> flag) {
    return Optional.ofNullable((T) values.get(flag.name()));
  }

  /** Every flag that has a value, as text by name: what {@code /flags} shows. */
  public SortedMap<String, String> texts() {
    return java.util.Collections.unmodifiableSortedMap(texts);
  }

  private static Map<String, String> fromArguments(
      Map<String, Flag<?>> known, List<String> arguments, List<String> problems) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--")) {
        problems.add("unexpected argument '" + argument + "': flags are written --name=value");
        continue;
      }
      int equals = argument.indexOf('=');
      String name =
          (equals < 0 ? argument.substring(2) : argument.substring(2, equals)).replace('-', '_');
      if (equals >= 0 && known.containsKey(name)) {
        given.put(name, argument.substring(equals + 1));
      } else if (known.containsKey(name)) {
        boolean isSwitch =
            known
                .get(name)
                .fallback()
                .filter(f -> f.equals("true") || f.equals("false"))
                .isPresent();
        boolean hasValue = i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--");
        if (isSwitch) {
          given.put(name, "true");
        } else if (hasValue) {
          given.put(name, arguments.get(++i));
        } else {
          problems.add("--" + name + " needs a value: --" + name + "=…");
        }
      } else if (equals < 0 && name.startsWith("no_") && known.containsKey(name.substring(3))) {
        given.put(name.substring(3), "false");
      } else {
        problems.add("unknown flag --" + name + nearest(name, known));
      }
    }
    return given;
  }

  /** A message may end in a log, and an address may hold {@code user:password@}. */
  private static String withoutPassword(String text) {
    return text.replaceAll("://[^/]*@", "://…@");
  }

  private static String nearest(String name, Map<String, Flag<?>> known) {
    Set<String> words = words(name);
    return known.keySet().stream()
        .filter(candidate ->
            candidate.startsWith(name)
                || name.startsWith(candidate)
                || words(candidate).containsAll(words))
        .findFirst()
        .map(candidate -> ": did you mean --" + candidate + "?")
        .orElse(": --help lists those that exist");
  }

  private static Set<String> words(String name) {
    return Set.copyOf(List.of(name.split("[_-]", -1)));
  }
}
