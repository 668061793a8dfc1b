package io.mesocosm.services.explain;

import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.Waiting;
import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.explain.Explanation.DeploymentWait;
import io.mesocosm.services.explain.Explanation.InstanceDoubt;
import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The one sentence of an explanation: the first of the causes that would do by itself. */
final class Summary {
  private Summary() {}

  static String of(
      ServicesSnapshot snapshot,
      SpecView view,
      List<UnusedOffer> offers,
      Optional<ClusterFindings> findings,
      List<InstanceDoubt> instances,
      List<DeploymentWait> deployments,
      Instant now) {
    return view.waiting()
        .map(waiting ->
            view.spec().id()
                + (waiting.haltedBecause().isPresent()
                    ? " does not launch " + waiting.count() + " any more: "
                    : " waits to launch " + waiting.count() + ": ")
                + cause(snapshot, view, waiting, offers, findings, now))
        .orElseGet(() -> notWaiting(view, instances, deployments));
  }

  private static String cause(
      ServicesSnapshot snapshot,
      SpecView view,
      Waiting waiting,
      List<UnusedOffer> offers,
      Optional<ClusterFindings> findings,
      Instant now) {
    if (waiting.haltedBecause().isPresent()) {
      return waiting.haltedBecause().get();
    }
    if (waiting.delayUntil().filter(now::isBefore).isPresent()) {
      String failure =
          view.lastTaskFailure().map(Summary::failure).orElse("instances ended by themselves");
      return "it backs off until " + waiting.delayUntil().get() + ", because " + failure;
    }
    if (!snapshot.connected()) {
      return "the scheduler is not connected to a master, and gets no offers";
    }
    if (offers.isEmpty()) {
      return noOffer(waiting, findings);
    }
    SortedMap<Refusal.Reason, Integer> counts = new TreeMap<>();
    offers.forEach(offer -> counts.merge(offer.refusals().getFirst().reason(), 1, Integer::sum));
    String reasons =
        counts.entrySet().stream()
            .map(count -> count.getKey().text() + " on " + count.getValue())
            .collect(Collectors.joining(", "));
    return reasons + " of " + offers.size() + " agents";
  }

  private static String noOffer(Waiting waiting, Optional<ClusterFindings> findings) {
    if (findings.filter(ClusterFindings::isQuotaExhausted).isPresent()) {
      return findings.get().quota().orElseThrow().text();
    }
    if (waiting.processedOffers() == 0) {
      return "no offer came since " + waiting.since();
    }
    return waiting
        .lastUnusedOfferAt()
        .map(last -> "no offer came since " + last + ", and that one did not fit")
        .orElse(
            "offers came and were used, the last one at "
                + waiting.lastUsedOfferAt().map(Instant::toString).orElse("an unknown time"));
  }

  private static String failure(TaskFailure failure) {
    return "an instance ended by itself at "
        + failure.at()
        + " on "
        + failure.host()
        + " with "
        + failure.state()
        + (failure.message().isEmpty() ? "" : ": " + failure.message());
  }

  private static String notWaiting(
      SpecView view, List<InstanceDoubt> instances, List<DeploymentWait> deployments) {
    int wanted = view.spec().instances();
    int running = view.counts().running();
    String head =
        view.spec().id() + " waits for no offer: of " + wanted + " wanted " + running + " run";
    if (running >= wanted && instances.isEmpty()) {
      return deployments.isEmpty() ? head + ", and nothing is missing" : head + held(deployments);
    }
    if (!instances.isEmpty()) {
      InstanceDoubt first = instances.getFirst();
      String others =
          instances.size() == 1
              ? ""
              : ", and " + (instances.size() - 1) + " more do not run either";
      return head
          + "; instance "
          + first.id()
          + " on "
          + first.hostname()
          + " "
          + first.text()
          + others
          + held(deployments);
    }
    return head + (deployments.isEmpty() ? "; it is looked after soon" : held(deployments));
  }

  private static String held(List<DeploymentWait> deployments) {
    return deployments.stream()
        .map(
            wait -> "; deployment " + wait.id() + " is at step " + wait.step() + " of " + wait.of())
        .collect(Collectors.joining());
  }
}
