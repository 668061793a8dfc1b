package io.mesocosm.services.matching;

import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.DiscoveryInfo;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Port;
import org.apache.mesos.v1.Protos.TaskGroupInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/**
 * Makes the launch of a pod's instance: one executor and a task for each container
 * (contracts/marathon-pods.md §6, §7). Pure.
 */
final class PodTasks {
  private final String usualUser;
  private final String environmentPrefix;
  private final PodExecutor executors;

  /**
   * @param usualUser of containers for which nobody names one; empty for the agent's choice
   * @param environmentPrefix of HOST and the variables of endpoints
   */
  PodTasks(String usualUser, String environmentPrefix, String bridgeName) {
    this.usualUser = usualUser;
    this.environmentPrefix = environmentPrefix;
    this.executors = new PodExecutor(bridgeName);
  }

  /** The operation for the offer that the launch was matched with. */
  Operation build(PodLaunch launch) {
    TaskGroupInfo.Builder group = TaskGroupInfo.newBuilder();
    launch.pod().containers().forEach(container -> group.addTasks(task(launch, container)));
    Operation.Builder operation = Operation.newBuilder().setType(Operation.Type.LAUNCH_GROUP);
    operation.getLaunchGroupBuilder().setExecutor(executors.build(launch)).setTaskGroup(group);
    return operation.build();
  }

  private TaskInfo task(PodLaunch launch, PodContainer container) {
    List<PodPorts.PlacedEndpoint> endpoints = launch.endpoints(container.name());
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setName(container.name())
            .addAllResources(OfferedResources.toWire(launch.resources().of(container.name())))
            .setCommand(command(launch, container))
            .setContainer(PodTaskContainer.of(launch, container))
            .setDiscovery(discovery(launch, endpoints));
    task.getTaskIdBuilder().setValue(launch.taskId(container.name()));
    task.getAgentIdBuilder().setValue(launch.place().agentId());
    if (!container.labels().isEmpty()) {
      task.setLabels(PodExecutor.labels(container.labels()));
    }
    putLimit(task, "cpus", container.limits().cpus());
    putLimit(task, "mem", container.limits().mem());
    container
        .killGracePeriod()
        .map(Duration::toNanos)
        .ifPresent(
            nanos -> task.getKillPolicyBuilder().getGracePeriodBuilder().setNanoseconds(nanos));
    container
        .healthCheck()
        .ifPresent(health -> task.setHealthCheck(PodChecks.health(health, endpoints)));
    container.check().ifPresent(check -> task.setCheck(PodChecks.check(check, endpoints)));
    return task.build();
  }

  private static void putLimit(TaskInfo.Builder task, String name, OptionalDouble limit) {
    limit.ifPresent(
        amount -> task.putLimits(name, Value.Scalar.newBuilder().setValue(amount).build()));
  }

  private CommandInfo command(PodLaunch launch, PodContainer container) {
    CommandInfo.Builder command = CommandInfo.newBuilder().setShell(false);
    // with an image, arguments alone are for its entry point
    boolean program = container.image().isEmpty() || container.overrideEntrypoint().orElse(false);
    container.exec().ifPresent(exec -> putCommand(exec, program, command));
    String user = container.user().or(() -> launch.pod().user()).orElse(usualUser);
    if (!user.isEmpty()) {
      command.setUser(user);
    }
    for (Artifact artifact : container.artifacts()) {
      CommandInfo.URI.Builder uri =
          command
              .addUrisBuilder()
              .setValue(artifact.uri())
              .setExtract(artifact.extract())
              .setExecutable(artifact.executable())
              .setCache(artifact.cache());
      artifact.destPath().ifPresent(uri::setOutputFile);
    }
    return command.setEnvironment(PodEnvironment.of(launch, container, environmentPrefix)).build();
  }

  /**
   * @param program whether the first argument is the program, too
   */
  static void putCommand(CommandLine exec, boolean program, CommandInfo.Builder into) {
    switch (exec) {
      case CommandLine.Shell(String text) -> into.setShell(true).setValue(text);
      case CommandLine.Argv(List<String> arguments) -> {
        into.setShell(false).addAllArguments(arguments);
        if (program) {
          into.setValue(arguments.getFirst());
        }
      }
    }
  }

  /** L6. */
  private static DiscoveryInfo discovery(
      PodLaunch launch, List<PodPorts.PlacedEndpoint> endpoints) {
    DiscoveryInfo.Builder discovery =
        DiscoveryInfo.newBuilder()
            .setVisibility(DiscoveryInfo.Visibility.FRAMEWORK)
            .setName(launch.pod().id().mesosName());
    for (PodPorts.PlacedEndpoint placed : endpoints) {
      Labels labels = labels(placed, launch.pod().networks());
      placed.endpoint().protocols().stream()
          .flatMap(protocol -> protocol.names().stream())
          .forEach(protocol ->
              discovery
                  .getPortsBuilder()
                  .addPorts(
                      Port.newBuilder()
                          .setNumber(
                              placed.hasHostPort() ? placed.hostPort() : placed.containerPort())
                          .setName(placed.endpoint().name())
                          .setProtocol(protocol)
                          .setLabels(labels)));
    }
    return discovery.build();
  }

  private static Labels labels(PodPorts.PlacedEndpoint placed, List<Network> networks) {
    SortedMap<String, String> own = placed.endpoint().labels();
    Labels.Builder labels = PodExecutor.labels(own).toBuilder();
    labels.addLabels(label("network-scope", placed.hasHostPort() ? "host" : "container"));
    List<String> names = placed.endpoint().networkNames();
    if (!placed.hasHostPort() && names.size() == 1) {
      labels.addLabels(label("network-name", names.getFirst()));
    } else if (!placed.hasHostPort() && names.isEmpty() && networks.size() == 1) {
      networks.getFirst().name().ifPresent(name -> labels.addLabels(label("network-name", name)));
    }
    return labels.build();
  }

  private static Label label(String key, String value) {
    return Label.newBuilder().setKey(key).setValue(value).build();
  }
}
