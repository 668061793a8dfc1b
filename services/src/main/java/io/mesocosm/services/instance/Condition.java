package io.mesocosm.services.instance;

import java.util.Collection;

/** What an instance is known to do (contracts/marathon-api.md S8). */
public enum Condition {
  /** Its reservation waits for an offer of its agent, to be run in again. */
  SCHEDULED,
  /** Matched with an offer; its launch is stored and sent, and nothing was heard of it yet. */
  PROVISIONED,
  /** Being brought to its agent. */
  STAGING,
  /** Its executor is bringing it up. */
  STARTING,
  /** Up. */
  RUNNING,
  /** Asked to end, and ending. */
  KILLING,
  /** Its agent is out of touch; it may run or not. */
  UNREACHABLE,
  /** Out of touch for so long that a replacement is started. */
  UNREACHABLE_INACTIVE,
  /** Ended with success. */
  FINISHED,
  /** Ended with an error of its own. */
  FAILED,
  /** Ended because it was asked to. */
  KILLED,
  /** Refused as invalid. */
  ERROR,
  /** Never launched. */
  DROPPED,
  /** Its agent is known to be no more. */
  GONE,
  /** Nobody knows of it. */
  UNKNOWN;

  /** Whether it will never run again. */
  public boolean isTerminal() {
    return switch (this) {
      case FINISHED, FAILED, KILLED, ERROR, DROPPED, GONE, UNKNOWN -> true;
      case SCHEDULED,
          PROVISIONED,
          STAGING,
          STARTING,
          RUNNING,
          KILLING,
          UNREACHABLE,
          UNREACHABLE_INACTIVE ->
          false;
    };
  }

  /** Whether its app's next launch is to wait longer (row B4). */
  public boolean delaysLaunch() {
    return switch (this) {
      case DROPPED, ERROR, FAILED, GONE, FINISHED -> true;
      case SCHEDULED,
          PROVISIONED,
          STAGING,
          STARTING,
          RUNNING,
          KILLING,
          UNREACHABLE,
          UNREACHABLE_INACTIVE,
          KILLED,
          UNKNOWN ->
          false;
    };
  }

  /** What an instance does whose tasks do these, one at least. */
  public static Condition ofAll(Collection<Condition> tasks) {
    if (tasks.stream().allMatch(Condition::isTerminal)) {
      return first(tasks, ERROR, FAILED, GONE, DROPPED, UNKNOWN, KILLED, FINISHED);
    }
    return first(
        tasks.stream().filter(task -> !task.isTerminal()).toList(),
        UNREACHABLE_INACTIVE,
        UNREACHABLE,
        KILLING,
        SCHEDULED,
        PROVISIONED,
        STAGING,
        STARTING,
        RUNNING);
  }

  private static Condition first(Collection<Condition> tasks, Condition... order) {
    for (Condition condition : order) {
      if (tasks.contains(condition)) {
        return condition;
      }
    }
    throw new IllegalArgumentException("no task");
  }

  /** As the original writes it: {@code Running}, {@code UnreachableInactive}. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (String word : name().split("_")) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return text.toString();
  }
}
