package io.mesocosm.services.matching;

import io.mesocosm.services.instance.Placement;
import java.util.List;
import org.apache.mesos.v1.Protos.TaskInfo;

/** Whether an offer fits an app. */
public sealed interface MatchResult {
  /**
   * It does.
   *
   * @param task to be launched
   * @param placement where it will be, with its host ports
   * @param left of the offer, for more instances
   */
  record Match(TaskInfo task, Placement placement, OfferedAgent left) implements MatchResult {}

  /**
   * It does not.
   *
   * @param refusals never empty, in the order of {@link Refusal.Reason}
   */
  record Refusals(List<Refusal> refusals) implements MatchResult {
    public Refusals {
      refusals = List.copyOf(refusals);
    }
  }
}
