package io.mesocosm.services.explain;

import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why an app or a pod does not run as wanted. Bounded, however many agents and instances there are.
 *
 * @param waiting how many instances wait to be launched
 * @param summary all of it in a sentence, without a period
 * @param role whose resources it is launched with
 * @param since when the first of those that wait began to
 * @param delayUntil until when nothing is launched, whatever is offered
 * @param haltedBecause present if nothing is launched any more
 * @param agents that refused, at most {@value Refusing#MAX} entries, sorted by host name if each
 *     stands for itself, else the entries first that stand for most
 * @param quota of its role, if the master was asked and has one
 * @param reach how much of the cluster was seen, if the master was asked
 * @param suggestions those first that open most agents
 * @param instances that hold a place and do not run as wanted; at most {@value #INSTANCES_MAX}
 */
public record Explanation(
    AppId id,
    int wanted,
    int running,
    int staged,
    int waiting,
    String summary,
    Optional<String> role,
    Optional<Instant> since,
    Optional<Instant> delayUntil,
    Optional<String> haltedBecause,
    List<Refusing> agents,
    Optional<QuotaText> quota,
    Optional<Reach> reach,
    List<Suggestion> suggestions,
    List<InstanceDoubt> instances,
    List<DeploymentWait> deployments,
    Optional<TaskFailure> lastFailure) {
  static final int INSTANCES_MAX = 50;

  public Explanation {
    agents = List.copyOf(agents);
    suggestions = List.copyOf(suggestions);
    instances = List.copyOf(instances);
    deployments = List.copyOf(deployments);
  }

  /**
   * An agent that was offered and did not fit, or several that refused for the same reasons.
   *
   * @param hostname of several, {@code h1 and 56 more}
   * @param agentId of the first
   * @param at when the last of them was offered
   * @param refusals all that stood against it; of several, with all their values and limits
   * @param agents how many it stands for
   */
  public record Refusing(
      String hostname, String agentId, Instant at, List<Refusal> refusals, int agents) {
    static final int MAX = 200;

    public Refusing {
      refusals = List.copyOf(refusals);
    }
  }

  /** How a role stands with its quota. */
  public record QuotaText(String role, String text) {}

  /**
   * @param agents of the master
   * @param active of those, that are offered to anyone
   * @param offered of those, that were offered to us in this wait, as far as that still counts
   * @param notOffered host names of some of the others
   */
  public record Reach(int agents, int active, int offered, List<String> notOffered, String text) {
    public Reach {
      notOffered = List.copyOf(notOffered);
    }
  }

  /**
   * @param text what to change, as a sentence without a period
   * @param agents on how many of those that refused it would fit then; absent if that is not known
   */
  public record Suggestion(String text, OptionalInt agents) {}

  /**
   * An instance that holds a place.
   *
   * @param condition as the API writes it
   * @param text why it does not count as one that runs
   */
  public record InstanceDoubt(
      String id, String hostname, String condition, Instant since, String text) {}

  /**
   * @param step the one that runs, from 1
   * @param waitsFor what has not reached its end
   */
  public record DeploymentWait(String id, int step, int of, List<String> waitsFor) {
    public DeploymentWait {
      waitsFor = List.copyOf(waitsFor);
    }
  }
}
