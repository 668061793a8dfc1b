package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Says whether an offer fits an app, and what of it to take; all that stands against it is found in
 * one go (contracts/marathon-api.md §6, §10 B2, S4). Keeps nothing; draws random port numbers.
 */
public final class OfferMatcher {
  private final String usualRole;
  private final PortAssigner ports;
  private final TaskBuilder tasks;

  /**
   * @param usualRole of apps that name none
   * @param environmentPrefix of HOST and PORT variables
   */
  public OfferMatcher(
      String usualRole,
      String usualUser,
      String environmentPrefix,
      String bridgeName,
      RandomGenerator random) {
    this.usualRole = usualRole;
    this.ports = new PortAssigner(random);
    this.tasks = new TaskBuilder(usualUser, environmentPrefix, bridgeName);
  }

  /**
   * @param existing where the app's instances that have not ended are, in the order of their
   *     placement
   */
  public MatchResult match(
      OfferedAgent offer, AppDefinition app, InstanceId instance, List<Placement> existing) {
    String role = app.role().orElse(usualRole);
    if (!role.equals(offer.role())) {
      return new MatchResult.Refusals(List.of(Refusal.role(role, offer.role())));
    }
    List<Refusal> refusals = new ArrayList<>();
    for (Constraint constraint : app.constraints()) {
      ConstraintMatcher.check(constraint, offer.place(), existing, app.instances())
          .ifPresent(refusals::add);
    }
    Resources usable = OfferedResources.acceptable(offer.resources(), app.acceptedResourceRoles());
    Resources taken = Resources.NONE;
    taken = take(taken, usable, "cpus", app.cpus(), Reason.INSUFFICIENT_CPUS, refusals);
    taken = take(taken, usable, "mem", app.mem(), Reason.INSUFFICIENT_MEMORY, refusals);
    taken = take(taken, usable, "disk", app.disk(), Reason.INSUFFICIENT_DISK, refusals);
    taken = take(taken, usable, "gpus", app.gpus(), Reason.INSUFFICIENT_GPUS, refusals);
    List<Integer> hostPorts = List.of();
    switch (ports.assign(app, usable)) {
      case PortAssigner.Result.Assigned assigned -> {
        hostPorts = assigned.hostPorts();
        taken = taken.plus(assigned.taken());
      }
      case PortAssigner.Result.Refused refused -> refusals.add(refused.refusal());
    }
    refusals.addAll(scarce(offer, app));
    if (!refusals.isEmpty()) {
      return new MatchResult.Refusals(refusals);
    }
    return new MatchResult.Match(
        tasks.build(app, instance, offer.place(), hostPorts, taken),
        offer.place().withHostPorts(hostPorts.stream().map(port -> Math.max(port, 0)).toList()),
        offer.withResources(offer.resources().minus(taken)));
  }

  private static Resources take(
      Resources taken,
      Resources usable,
      String name,
      double needed,
      Reason reason,
      List<Refusal> refusals) {
    Scalar amount = Scalar.of(needed);
    Optional<Resources> found = OfferedResources.take(usable, name, amount);
    if (found.isEmpty()) {
      refusals.add(
          Refusal.insufficient(reason, name, amount.toString(), usable.scalar(name).toString()));
    }
    return taken.plus(found.orElse(Resources.NONE));
  }

  /** Agents with gpus are kept for apps that need them (row S13). */
  private static List<Refusal> scarce(OfferedAgent offer, AppDefinition app) {
    Scalar gpus = offer.resources().scalar("gpus");
    return app.gpus() > 0 || gpus.isEmpty()
        ? List.of()
        : List.of(
            new Refusal(
                Reason.DECLINED_SCARCE_RESOURCES,
                "gpus",
                "0",
                gpus.toString(),
                "needs no gpus, offer has " + gpus + " kept for apps that do",
                false));
  }
}
