package io.mesocosm.services.instance;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a task of a pod's instance: {@code <instance id>.<container>.<attempt>}
 * (contracts/marathon-pods.md L2).
 *
 * @param container its name in the pod
 * @param attempt counted from 1; absent in old ids
 */
public record PodTaskId(InstanceId instance, String container, OptionalInt attempt) {
  // containers' names have no dots, so the last parts are never ambiguous
  private static final Pattern TEXT =
      Pattern.compile(
          "([a-z0-9._-]+\\.instance-[0-9a-f-]{36})"
              + "\\.([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\\.([0-9]{1,9}))?");

  /** Nothing if the text is of another shape, or the id of an app's task. */
  public static Optional<PodTaskId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    OptionalInt attempt =
        matcher.group(3) == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(matcher.group(3)));
    return InstanceId.parse(matcher.group(1))
        .map(instance -> new PodTaskId(instance, matcher.group(2), attempt));
  }

  @Override
  public String toString() {
    String first = instance + "." + container;
    return attempt.isPresent() ? first + "." + attempt.getAsInt() : first;
  }
}
