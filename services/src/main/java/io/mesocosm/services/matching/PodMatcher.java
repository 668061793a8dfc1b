package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.InstanceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Says whether an offer fits a pod: it has to fit all containers together (contracts/marathon-pods
 * .md L1, L7).
 */
final class PodMatcher {
  private static final int FIRST_ATTEMPT = 1;

  private final ResourceRules rules;
  private final PortAssigner ports;
  private final PodTasks tasks;

  PodMatcher(ResourceRules rules, PortAssigner ports, PodTasks tasks) {
    this.rules = rules;
    this.ports = ports;
    this.tasks = tasks;
  }

  /**
   * @param existing where the pod's instances that have not ended are
   * @param enforcesGroupRole whether the pod's outermost group insists on its role
   */
  MatchResult match(
      OfferedAgent offer,
      PodDefinition pod,
      InstanceId instance,
      Placed existing,
      boolean enforcesGroupRole) {
    String role = rules.role(pod);
    if (!role.equals(offer.role())) {
      return new MatchResult.Refusals(List.of(Refusal.role(role, offer.role())));
    }
    List<Refusal> refusals = new ArrayList<>();
    for (Constraint constraint : pod.constraints()) {
      ConstraintMatcher.check(constraint, offer.place(), existing, pod.instances())
          .ifPresent(refusals::add);
    }
    Resources usable = rules.acceptable(offer, pod);
    Optional<PodResources> amounts = PodResources.take(pod, usable, refusals);
    List<Integer> hostPorts = List.of();
    Resources ofPorts = Resources.NONE;
    switch (ports.assign(PodPorts.wanted(pod), usable)) {
      case PortAssigner.Result.Assigned assigned -> {
        hostPorts = assigned.hostPorts();
        ofPorts = assigned.taken();
      }
      case PortAssigner.Result.Refused refused -> refusals.add(refused.refusal());
    }
    rules.scarce(offer, pod).ifPresent(refusals::add);
    if (amounts.isEmpty() || !refusals.isEmpty()) {
      return new MatchResult.Refusals(refusals);
    }
    PodResources taken = amounts.get().plus(ofPorts);
    PodLaunch launch =
        new PodLaunch(
            pod,
            instance,
            FIRST_ATTEMPT,
            offer.place(),
            hostPorts,
            offer.frameworkId(),
            taken,
            enforcesGroupRole);
    return new MatchResult.Match(
        List.of(tasks.build(launch)),
        taskIds(launch),
        offer.place().withHostPorts(hostPorts.stream().map(port -> Math.max(port, 0)).toList()),
        Optional.empty(),
        offer.withResources(offer.resources().minus(taken.sum())));
  }

  private static SequencedMap<String, String> taskIds(PodLaunch launch) {
    SequencedMap<String, String> ids = new LinkedHashMap<>();
    for (PodContainer container : launch.pod().containers()) {
      ids.put(container.name(), launch.taskId(container.name()));
    }
    return ids;
  }
}
