package io.mesocosm.services.instance;

import io.mesocosm.services.app.AppId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an instance of an app. Its text is {@code <app path with _>.instance-<uuid>}, and that of a
 * task adds {@code ._app.<attempt>} or {@code .<container>.<attempt>} (contracts/marathon-api.md
 * §11).
 *
 * @param app the app that it belongs to
 * @param uuid lower-case hexadecimal with dashes
 */
public record InstanceId(AppId app, String uuid) implements Comparable<InstanceId> {
  private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
  private static final Pattern TEXT =
      Pattern.compile(
          "([a-z0-9._-]+)\\.instance-(" + UUID + ")(?:\\.[a-zA-Z0-9_-]+(?:\\.[0-9]+)?)?");

  /**
   * Reads an instance id or the id of a task of an instance; nothing if it is of another shape,
   * which is how we tell our tasks from those of others.
   */
  public static Optional<InstanceId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String path = "/" + matcher.group(1).replace('_', '/');
    return Optional.of(new InstanceId(new AppId(path), matcher.group(2)));
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
