package io.mesocosm.agent;

import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Holds effects back until everything that they rest on is on disk, so that nobody outside ever
 * sees what a crash could undo.
 *
 * <p>Each effect waits for the last checkpoint that was asked for before it, whether or not that
 * one is about the same task: an effect may rest on anything that the agent knew. So all effects
 * leave in the order in which they were wanted. Timers wait like the rest. A SetTimer that passed
 * by a held CancelTimer would be undone by it; and a timer that is set late fires no later than it
 * should, because it names the instant.
 */
final class OutputCommit {
  private final Deque<Held> held = new ArrayDeque<>();
  private long asked;
  private long answered;

  private record Held(long number, List<AgentEffect> effects) {}

  /**
   * Takes what one command has changed and wants.
   *
   * @return what may be done now
   */
  List<AgentEffect> pass(
      SortedMap<String, Optional<CheckpointRecord>> changes, List<AgentEffect> effects) {
    List<AgentEffect> now = new ArrayList<>();
    if (!changes.isEmpty()) {
      asked++;
      now.add(new AgentEffect.Checkpoint(asked, changes));
    }
    if (asked == answered) {
      now.addAll(effects);
    } else if (!effects.isEmpty()) {
      held.addLast(new Held(asked, effects));
    }
    return now;
  }

  /**
   * All checkpoints up to a number are on disk.
   *
   * @return what waited for that alone
   */
  List<AgentEffect> checkpointed(long number) {
    answered = Math.max(answered, Math.min(number, asked));
    List<AgentEffect> released = new ArrayList<>();
    while (!held.isEmpty() && held.getFirst().number() <= answered) {
      released.addAll(held.removeFirst().effects());
    }
    return released;
  }
}
