package io.mesocosm.runtime;

import java.time.Instant;
import java.util.List;

/**
 * The single-threaded state machine at the heart of a role. It owns all of the role's state and
 * does no I/O, reads no clock, starts no thread and draws no random number of its own: commands
 * bring all of that in, effects ask for it.
 *
 * <p>One caller at a time: an {@link EventLoop} in production, the simulator in tests. The same
 * commands in the same order at the same times yield the same effects.
 *
 * @param <C> sealed: one record an input
 * @param <E> sealed: one record an output
 */
public interface Core<C, E> {
  /**
   * Takes one command to its end.
   *
   * @param now the time of the command, never before that of an earlier one
   * @return what is to be done, in this order
   */
  List<E> handle(C command, Instant now);
}
