package io.mesocosm.services.json;

import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.json.PodStatusView.InstanceView;
import io.mesocosm.services.json.PodStatusView.TaskView;
import io.mesocosm.services.json.PodStatusView.Termination;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** In what states pods and their instances are told to be (contracts/marathon-pods.md §5). */
final class PodStatusRules {
  private static final Pattern EXIT = Pattern.compile("exited with status ([0-9]{1,9})");

  private PodStatusRules() {}

  /** Of a pod; the names are those of the API. */
  enum PodState {
    /** Fewer instances than wanted do their work. */
    DEGRADED,
    /** As many instances as wanted do their work. */
    STABLE,
    /** It is removed, and its instances are ending. */
    TERMINAL
  }

  /** Of an instance; the names are those of the API. */
  enum InstanceState {
    /** Nothing was heard of it yet. */
    PENDING,
    /** It is being brought up. */
    STAGING,
    /** It does its work. */
    STABLE,
    /** It does not do its work, or nobody knows. */
    DEGRADED,
    /** It has ended or is ending. */
    TERMINAL
  }

  static PodState state(PodStatusView view) {
    if (view.removed()) {
      return PodState.TERMINAL;
    }
    long stable =
        view.instances().stream()
            .filter(instance -> state(instance) == InstanceState.STABLE)
            .count();
    return stable >= view.pod().instances() ? PodState.STABLE : PodState.DEGRADED;
  }

  static InstanceState state(InstanceView instance) {
    return switch (instance.condition()) {
      case SCHEDULED, PROVISIONED -> InstanceState.PENDING;
      case STAGING, STARTING -> InstanceState.STAGING;
      case RUNNING -> isUnhealthy(instance) ? InstanceState.DEGRADED : InstanceState.STABLE;
      case UNREACHABLE, UNREACHABLE_INACTIVE, ERROR -> InstanceState.DEGRADED;
      case KILLING, FINISHED, FAILED, KILLED, DROPPED, GONE, UNKNOWN -> InstanceState.TERMINAL;
    };
  }

  /** A container without a health check, or before its first result, counts as healthy. */
  private static boolean isUnhealthy(InstanceView instance) {
    return instance.tasks().stream().anyMatch(task -> !task.healthy().orElse(true));
  }

  /** Why an instance is not as it should be. */
  static Optional<String> message(InstanceView instance) {
    boolean unreachable =
        instance.condition() == Condition.UNREACHABLE
            || instance.condition() == Condition.UNREACHABLE_INACTIVE;
    if (unreachable) {
      return Optional.of("agent " + instance.placement().hostname() + " is out of touch");
    }
    if (state(instance) == InstanceState.DEGRADED && isUnhealthy(instance)) {
      return Optional.of(
          "unhealthy containers: "
              + String.join(
                  ", ",
                  instance.tasks().stream()
                      .filter(task -> !task.healthy().orElse(true))
                      .map(TaskView::container)
                      .toList()));
    }
    return Optional.empty();
  }

  /** When anything of the pod last changed; without instances, when it was defined. */
  static Instant changedAt(PodStatusView view) {
    return Stream.concat(
            view.instances().stream().map(InstanceView::since),
            view.terminations().stream().map(Termination::terminatedAt))
        .max(Comparator.naturalOrder())
        .orElse(view.pod().version());
  }

  static Instant updatedAt(PodStatusView view) {
    return Stream.concat(
            view.instances().stream().map(PodStatusRules::updatedAt),
            view.terminations().stream().map(Termination::terminatedAt))
        .max(Comparator.naturalOrder())
        .orElse(view.pod().version());
  }

  /** When anything was last heard of the instance. */
  static Instant updatedAt(InstanceView instance) {
    return Stream.concat(
            Stream.of(instance.since()), instance.tasks().stream().map(TaskView::since))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** Agents say it in words only. */
  static OptionalInt exitCode(Optional<String> message) {
    Matcher matcher = EXIT.matcher(message.orElse(""));
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }
}
