package io.mesocosm.services.explain;

import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Waiting;
import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.explain.Explanation.DeploymentWait;
import io.mesocosm.services.explain.Explanation.InstanceDoubt;
import io.mesocosm.services.explain.Explanation.Suggestion;
import io.mesocosm.services.matching.Refusal.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says why an app or a pod does not run as wanted, and what would help. An agent speaks through the
 * last offer of it that did not fit; offers that are older than they may be believed, and those of
 * agents that are gone, do not count. What is not waiting is explained by the instances that there
 * are, and by the deployments that hold it.
 */
public final class Explainer {
  private final ServicesSnapshot snapshot;
  private final Optional<Cluster> cluster;
  private final InstanceDoubts doubts;
  private final Instant now;

  /**
   * @param cluster absent if the master cannot be asked
   */
  public Explainer(ServicesSnapshot snapshot, Optional<Cluster> cluster, Instant now) {
    this.snapshot = snapshot;
    this.cluster = cluster;
    this.doubts = new InstanceDoubts(snapshot.routing());
    this.now = now;
  }

  /**
   * @param view of the snapshot
   */
  public Explanation explain(SpecView view) {
    Optional<Waiting> waiting = view.waiting();
    List<UnusedOffer> offers = waiting.map(is -> is.lastOffers(now)).orElse(List.of());
    int count = waiting.map(Waiting::count).orElse(0);
    Optional<String> role = view.spec().role();
    Optional<ClusterFindings> findings =
        cluster
            .filter(_ -> count > 0)
            .map(is -> new ClusterFindings(is, Needs.of(view.spec()), role.orElse("*"), count));
    List<InstanceDoubt> instances = instances(view);
    List<DeploymentWait> deployments = new DeploymentWaits(snapshot, doubts).of(view.deployments());
    return new Explanation(
        view.spec().id(),
        view.spec().instances(),
        view.counts().running(),
        view.counts().staged(),
        count,
        Summary.of(snapshot, view, offers, findings, instances, deployments, now),
        role,
        waiting.map(Waiting::since),
        waiting.flatMap(Waiting::delayUntil).filter(now::isBefore),
        waiting.flatMap(Waiting::haltedBecause),
        RefusingAgents.of(offers),
        findings.flatMap(ClusterFindings::quota),
        findings.map(is -> is.reach(offered(offers, waiting))),
        waiting
            .filter(is -> is.haltedBecause().isEmpty())
            .map(_ -> suggestions(view, count, offers, findings))
            .orElse(List.of()),
        instances,
        deployments,
        view.lastTaskFailure());
  }

  private static Set<String> offered(List<UnusedOffer> offers, Optional<Waiting> waiting) {
    Set<String> offered = new HashSet<>();
    Instant since = waiting.map(Waiting::since).orElse(Instant.MAX);
    offers.stream()
        .filter(offer -> !offer.at().isBefore(since))
        .forEach(offer -> offered.add(offer.agentId()));
    return offered;
  }

  private static List<Suggestion> suggestions(
      SpecView view, int waiting, List<UnusedOffer> offers, Optional<ClusterFindings> findings) {
    List<Suggestion> found = new ArrayList<>(new Suggestions(view.spec(), waiting, offers).all());
    if (findings.isPresent() && mayBeShortOfResources(offers)) {
      found.addAll(findings.get().suggestions());
    }
    return found;
  }

  /** Whether amounts stand against an agent, or what was offered does not say. */
  private static boolean mayBeShortOfResources(List<UnusedOffer> offers) {
    return offers.stream()
            .anyMatch(offer ->
                offer.refusals().stream().anyMatch(refusal -> refusal.missing().isPresent()))
        || offers.stream()
            .allMatch(offer -> offer.refusals().getFirst().reason() == Reason.UNFULFILLED_ROLE);
  }

  /** Those that hold a place and do not run; those that do so longest first. */
  private List<InstanceDoubt> instances(SpecView view) {
    List<InstanceDoubt> found = new ArrayList<>();
    for (InstanceView instance : view.instances()) {
      doubts
          .notRunning(instance)
          .ifPresent(text ->
              found.add(
                  new InstanceDoubt(
                      instance.instance().id().toString(),
                      instance.instance().placement().hostname(),
                      instance.instance().condition().text(),
                      instance.instance().conditionSince(),
                      text)));
    }
    return found.stream()
        .sorted(Comparator.comparing(InstanceDoubt::since).thenComparing(InstanceDoubt::id))
        .limit(Explanation.INSTANCES_MAX)
        .toList();
  }
}
