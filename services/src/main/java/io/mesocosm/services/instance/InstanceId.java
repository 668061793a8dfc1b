package io.mesocosm.services.instance;

import io.mesocosm.services.app.AppId;
import java.util.Optional;

/**
 * Names an instance of an app. Its text is {@code <app path with _>.instance-<uuid>}, and that of a
 * task adds {@code ._app.<attempt>} or {@code .<container>.<attempt>} (contracts/marathon-api.md
 * §11).
 *
 * @param app the app that it belongs to
 * @param uuid lower-case hexadecimal with dashes
 */
public record InstanceId(AppId app, String uuid) implements Comparable<InstanceId> {
  private static final String BEFORE_UUID = ".instance-";
  private static final int UUID_LENGTH = 36;

  /**
   * Reads an instance id or the id of a task of an instance; nothing if it is of another shape,
   * which is how we tell our tasks from those of others.
   */
  public static Optional<InstanceId> parse(String text) {
    // Where a container is named as an instance is, the name comes last.
    int at = text.lastIndexOf(BEFORE_UUID);
    while (at > 0) {
      int uuid = at + BEFORE_UUID.length();
      if (isUuid(text, uuid) && isTask(text, uuid + UUID_LENGTH) && isPrefix(text, at)) {
        String path = "/" + text.substring(0, at).replace('_', '/');
        return Optional.of(
            new InstanceId(new AppId(path), text.substring(uuid, uuid + UUID_LENGTH)));
      }
      at = text.lastIndexOf(BEFORE_UUID, at - 1);
    }
    return Optional.empty();
  }

  private static boolean isUuid(String text, int from) {
    if (text.length() < from + UUID_LENGTH) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      char letter = text.charAt(from + i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? letter != '-' : !isDigit(letter) && (letter < 'a' || letter > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing follows, or a dot and a name, and then perhaps a dot and a number. */
  private static boolean isTask(String text, int from) {
    if (from == text.length()) {
      return true;
    }
    int dot = text.indexOf('.', from + 1);
    int end = dot < 0 ? text.length() : dot;
    boolean named = text.charAt(from) == '.' && end > from + 1;
    for (int i = from + 1; i < end && named; i++) {
      char letter = text.charAt(i);
      named = isSmall(letter) || letter >= 'A' && letter <= 'Z' || letter == '_' || letter == '-';
    }
    boolean numbered = dot < 0 || dot + 1 < text.length();
    for (int i = end + 1; i < text.length() && numbered; i++) {
      numbered = isDigit(text.charAt(i));
    }
    return named && numbered;
  }

  private static boolean isPrefix(String text, int end) {
    for (int i = 0; i < end; i++) {
      char letter = text.charAt(i);
      if (!isSmall(letter) && letter != '.' && letter != '_' && letter != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isSmall(char letter) {
    return letter >= 'a' && letter <= 'z' || isDigit(letter);
  }

  private static boolean isDigit(char letter) {
    return letter >= '0' && letter <= '9';
  }

  /** The id of an app's task at an attempt, counted from 1. */
  public String taskId(int attempt) {
    return this + "._app." + attempt;
  }

  /** The id of the task of a pod's container at an attempt, counted from 1. */
  public String taskId(String container, int attempt) {
    return this + "." + container + "." + attempt;
  }

  /** The id of a pod's executor (contracts/marathon-pods.md L1). */
  public String executorId() {
    return "instance-" + app.taskPrefix() + "." + uuid;
  }

  @Override
  public int compareTo(InstanceId other) {
    int byApp = app.compareTo(other.app);
    return byApp != 0 ? byApp : uuid.compareTo(other.uuid);
  }

  @Override
  public String toString() {
    return app.taskPrefix() + ".instance-" + uuid;
  }
}
