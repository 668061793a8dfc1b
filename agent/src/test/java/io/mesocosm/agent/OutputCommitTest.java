package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OutputCommitTest {
  private static final SortedMap<String, Optional<CheckpointRecord>> NOTHING =
      Collections.emptySortedMap();
  private static final SortedMap<String, Optional<CheckpointRecord>> SOMETHING =
      new TreeMap<>(java.util.Map.of("agent", Optional.empty()));

  private final OutputCommit commit = new OutputCommit();

  private static AgentEffect deed(int number) {
    return new AgentEffect.Disconnect(number, "deed");
  }

  @Test
  void whatChangesNothingIsDoneAtOnce() {
    assertThat(commit.pass(NOTHING, List.of(deed(1), deed(2)))).containsExactly(deed(1), deed(2));
  }

  @Test
  void whatRestsOnAChangeWaitsUntilItIsOnDisk() {
    assertThat(commit.pass(SOMETHING, List.of(deed(1), deed(2))))
        .containsExactly(new AgentEffect.Checkpoint(1, SOMETHING));
    assertThat(commit.checkpointed(1)).containsExactly(deed(1), deed(2));
    assertThat(commit.pass(NOTHING, List.of(deed(3)))).containsExactly(deed(3));
  }

  @Test
  void nothingOvertakesWhatWaits() {
    commit.pass(SOMETHING, List.of(deed(1)));

    assertThat(commit.pass(NOTHING, List.of(deed(2)))).isEmpty();
    assertThat(commit.checkpointed(1)).containsExactly(deed(1), deed(2));
  }

  @Test
  void aChangeWithoutADeedHoldsBackLaterDeedsToo() {
    commit.pass(SOMETHING, List.of());

    assertThat(commit.pass(NOTHING, List.of(deed(1)))).isEmpty();
    assertThat(commit.checkpointed(1)).containsExactly(deed(1));
  }

  @Test
  void checkpointsAreAskedForWhileEarlierOnesAreUnderWay() {
    commit.pass(SOMETHING, List.of(deed(1)));

    assertThat(commit.pass(SOMETHING, List.of(deed(2))))
        .containsExactly(new AgentEffect.Checkpoint(2, SOMETHING));
    assertThat(commit.checkpointed(1)).containsExactly(deed(1));
    assertThat(commit.checkpointed(2)).containsExactly(deed(2));
  }

  @Test
  void oneAnswerIsGoodForAllEarlierCheckpoints() {
    commit.pass(SOMETHING, List.of(deed(1)));
    commit.pass(SOMETHING, List.of(deed(2)));

    assertThat(commit.checkpointed(2)).containsExactly(deed(1), deed(2));
    assertThat(commit.checkpointed(1)).isEmpty();
    assertThat(commit.pass(NOTHING, List.of(deed(3)))).containsExactly(deed(3));
  }

  @Test
  void anAnswerToNoQuestionReleasesNothing() {
    assertThat(commit.checkpointed(7)).isEmpty();

    commit.pass(SOMETHING, List.of(deed(1)));
    assertThat(commit.pass(NOTHING, List.of(deed(2)))).isEmpty();
  }
}
