package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * Says whether an offer fits an app, and what of it to take; all that stands against it is found in
 * one go (contracts/marathon-api.md §6, §10 B2, S4). Decides by what it is given alone; draws
 * random port numbers. One thread.
 */
public final class OfferMatcher {
  private final ResourceRules rules;
  private final PortAssigner ports;
  private final TaskBuilder tasks;
  private final PodMatcher pods;

  /**
   * @param usualUser of tasks whose app names none
   * @param environmentPrefix of HOST and PORT variables
   */
  public OfferMatcher(
      ResourceRules rules,
      String usualUser,
      String environmentPrefix,
      String bridgeName,
      RandomGenerator random) {
    this.rules = rules;
    this.ports = new PortAssigner(random);
    this.tasks = new TaskBuilder(usualUser, environmentPrefix, bridgeName);
    this.pods =
        new PodMatcher(rules, ports, new PodTasks(usualUser, environmentPrefix, bridgeName));
  }

  /**
   * @param existing where the app's instances that have not ended are
   * @param enforcesGroupRole whether the app's outermost group insists on its role
   */
  public MatchResult match(
      OfferedAgent offer,
      RunSpec spec,
      InstanceId instance,
      Placed existing,
      boolean enforcesGroupRole) {
    return switch (spec) {
      case AppDefinition app -> match(offer, app, instance, existing, enforcesGroupRole);
      case PodDefinition pod -> pods.match(offer, pod, instance, existing, enforcesGroupRole);
    };
  }

  private MatchResult match(
      OfferedAgent offer,
      AppDefinition app,
      InstanceId instance,
      Placed existing,
      boolean enforcesGroupRole) {
    String role = rules.role(app);
    if (!role.equals(offer.role())) {
      return new MatchResult.Refusals(List.of(Refusal.role(role, offer.role())));
    }
    List<Refusal> refusals = new ArrayList<>();
    for (Constraint constraint : app.constraints()) {
      ConstraintMatcher.check(constraint, offer.place(), existing, app.instances())
          .ifPresent(refusals::add);
    }
    Resources usable = rules.acceptable(offer, app);
    Resources taken = Resources.NONE;
    taken = take(taken, usable, "cpus", app.cpus(), Reason.INSUFFICIENT_CPUS, refusals);
    taken = take(taken, usable, "mem", app.mem(), Reason.INSUFFICIENT_MEMORY, refusals);
    taken = take(taken, usable, "disk", app.disk(), Reason.INSUFFICIENT_DISK, refusals);
    taken = take(taken, usable, "gpus", app.gpus(), Reason.INSUFFICIENT_GPUS, refusals);
    Resources ofExecutor = executor(app, usable, taken, refusals);
    PortAssigner.refusal(app, usable).ifPresent(refusals::add);
    rules.scarce(offer, app).ifPresent(refusals::add);
    if (!refusals.isEmpty()) {
      return new MatchResult.Refusals(refusals);
    }
    List<Integer> hostPorts = List.of();
    switch (ports.assign(app, usable)) {
      case PortAssigner.Result.Assigned assigned -> {
        hostPorts = assigned.hostPorts();
        taken = taken.plus(assigned.taken());
      }
      case PortAssigner.Result.Refused refused ->
          throw new IllegalStateException("ports were found free, then not: " + refused.refusal());
    }
    TaskInfo task =
        tasks.build(
            app,
            instance.taskId(1),
            offer.place(),
            hostPorts,
            taken,
            ofExecutor,
            enforcesGroupRole);
    return new MatchResult.Match(
        List.of(launch(task)),
        new LinkedHashMap<>(Map.of(InstanceTask.APP, task.getTaskId().getValue())),
        offer.place().withHostPorts(hostPorts.stream().map(port -> Math.max(port, 0)).toList()),
        Optional.empty(),
        offer.withResources(offer.resources().minus(taken).minus(ofExecutor)));
  }

  /** A program of the app's own that runs its tasks takes resources beside them. */
  private static Resources executor(
      AppDefinition app, Resources offered, Resources ofTask, List<Refusal> refusals) {
    if (!TaskBuilder.hasOwnExecutor(app)) {
      return Resources.NONE;
    }
    Resources usable = offered.minus(ofTask);
    ExecutorResources needed = app.executorResources().orElse(ExecutorResources.USUAL);
    Resources taken = Resources.NONE;
    taken = take(taken, usable, "cpus", needed.cpus(), Reason.INSUFFICIENT_CPUS, refusals);
    taken = take(taken, usable, "mem", needed.mem(), Reason.INSUFFICIENT_MEMORY, refusals);
    return take(taken, usable, "disk", needed.disk(), Reason.INSUFFICIENT_DISK, refusals);
  }

  private static Operation launch(TaskInfo task) {
    Operation.Builder launch = Operation.newBuilder().setType(Operation.Type.LAUNCH);
    launch.getLaunchBuilder().addTaskInfos(task);
    return launch.build();
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
}
