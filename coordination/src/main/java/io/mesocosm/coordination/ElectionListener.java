package io.mesocosm.coordination;

import java.util.Optional;

/**
 * What an election tells one of its members. Called on one thread of the election's own, one call
 * at a time, never after {@link Election#close} has returned; a call may block.
 *
 * <p>The calls are {@link #leaderChanged} any number of times, {@link #elected} at most once, and
 * at last {@link #lost} at most once: whoever lost enters a new election.
 */
public interface ElectionListener {
  /**
   * This member leads from now on, until {@link #lost}.
   *
   * @param store the records of the leader, below the same path. Its writes carry this leader's
   *     epoch: once another has been elected they fail with {@link VersionedStore.FencedException},
   *     and change nothing. Closed with the election
   */
  void elected(VersionedStore store);

  /**
   * This member does not lead any more, or cannot know whether it does, or is no member any more:
   * it must stop to act as a leader at once. Told before another can be elected.
   *
   * @param why for a log and for operators
   */
  void lost(String why);

  /**
   * Who leads now, in its own words; absent when nobody does or it cannot be known. Also told of
   * this very member.
   */
  void leaderChanged(Optional<byte[]> leader);
}
