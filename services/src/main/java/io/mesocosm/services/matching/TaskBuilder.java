package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.DiscoveryInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.Port;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;

/** Makes the task of an instance (contracts/marathon-api.md §5, §7, §11, §12). */
final class TaskBuilder {
  private final String usualUser;
  private final String environmentPrefix;
  private final ContainerBuilder containers;

  TaskBuilder(String usualUser, String environmentPrefix, String bridgeName) {
    this.usualUser = usualUser;
    this.environmentPrefix = environmentPrefix;
    this.containers = new ContainerBuilder(bridgeName);
  }

  /**
   * @param hostPorts in the app's order, {@value PortAssigner#NONE} where there is none
   */
  TaskInfo build(
      AppDefinition app,
      InstanceId instance,
      Placement place,
      List<Integer> hostPorts,
      Resources resources) {
    String taskId = instance.taskId(1);
    List<Integer> containerPorts = containerPorts(app, hostPorts);
    List<Integer> announced = announced(hostPorts, containerPorts);
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setName(app.id().mesosName())
            .setTaskId(TaskID.newBuilder().setValue(taskId))
            .setAgentId(AgentID.newBuilder().setValue(place.agentId()))
            .addAllResources(OfferedResources.toWire(resources))
            .setCommand(
                command(
                    app,
                    TaskEnvironment.of(
                        app, taskId, place.hostname(), announced, environmentPrefix)))
            .setDiscovery(discovery(app, hostPorts, containerPorts));
    if (!app.labels().isEmpty()) {
      task.setLabels(labels(app.labels()));
    }
    containers.build(app, hostPorts, containerPorts).ifPresent(task::setContainer);
    app.taskKillGracePeriod().ifPresent(grace -> task.setKillPolicy(killPolicy(grace)));
    app.healthChecks().stream()
        .filter(check -> check.kind().isByAgent())
        .findFirst()
        .ifPresent(check -> task.setHealthCheck(healthCheck(check, containerPorts)));
    return task.build();
  }

  /** What the task listens on inside its network; the host port where the network is the host's. */
  private static List<Integer> containerPorts(AppDefinition app, List<Integer> hostPorts) {
    if (app.networkMode() == Network.Mode.HOST) {
      return hostPorts;
    }
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < hostPorts.size(); i++) {
      int asked = app.portMappings().get(i).containerPort();
      ports.add(asked > 0 ? asked : Math.max(0, hostPorts.get(i)));
    }
    return ports;
  }

  private static List<Integer> announced(List<Integer> hostPorts, List<Integer> containerPorts) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < hostPorts.size(); i++) {
      ports.add(hostPorts.get(i) == PortAssigner.NONE ? containerPorts.get(i) : hostPorts.get(i));
    }
    return ports;
  }

  private CommandInfo command(AppDefinition app, SortedMap<String, String> variables) {
    CommandInfo.Builder command = CommandInfo.newBuilder();
    boolean hasImage = app.container().flatMap(Container::docker).isPresent();
    if (app.cmd().isPresent()) {
      command.setShell(true).setValue(app.cmd().get());
    } else {
      command.setShell(false).addAllArguments(app.args());
      if (!hasImage && !app.args().isEmpty()) {
        // without an image's entry point the first argument is the program too
        command.setValue(app.args().getFirst());
      }
    }
    String user = app.user().orElse(usualUser);
    if (!user.isEmpty()) {
      command.setUser(user);
    }
    Environment.Builder environment = command.getEnvironmentBuilder();
    variables.forEach((name, value) ->
        environment
            .addVariablesBuilder()
            .setName(name)
            .setType(Environment.Variable.Type.VALUE)
            .setValue(value));
    return command.build();
  }

  private static DiscoveryInfo discovery(
      AppDefinition app, List<Integer> hostPorts, List<Integer> containerPorts) {
    DiscoveryInfo.Builder discovery =
        DiscoveryInfo.newBuilder()
            .setVisibility(DiscoveryInfo.Visibility.FRAMEWORK)
            .setName(app.id().mesosName());
    for (int i = 0; i < hostPorts.size(); i++) {
      boolean onHost = hostPorts.get(i) != PortAssigner.NONE;
      int number = onHost ? hostPorts.get(i) : containerPorts.get(i);
      if (app.networkMode() == Network.Mode.HOST) {
        PortDefinition port = app.portDefinitions().get(i);
        for (String protocol : port.protocol().names()) {
          discovery
              .getPortsBuilder()
              .addPorts(port(number, port.name().orElse(""), protocol, port.labels(), "host"));
        }
      } else {
        PortMapping port = app.portMappings().get(i);
        String scope = onHost ? "host" : "container";
        for (String protocol : port.protocol().names()) {
          discovery
              .getPortsBuilder()
              .addPorts(port(number, port.name().orElse(""), protocol, port.labels(), scope));
        }
      }
    }
    return discovery.build();
  }

  private static Port port(
      int number, String name, String protocol, SortedMap<String, String> labels, String scope) {
    Port.Builder port = Port.newBuilder().setNumber(number).setProtocol(protocol);
    if (!name.isEmpty()) {
      port.setName(name);
    }
    Labels.Builder all = labels(labels).toBuilder();
    all.addLabels(Label.newBuilder().setKey("network-scope").setValue(scope));
    return port.setLabels(all).build();
  }

  private static Labels labels(SortedMap<String, String> labels) {
    Labels.Builder wire = Labels.newBuilder();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      wire.addLabelsBuilder().setKey(label.getKey()).setValue(label.getValue());
    }
    return wire.build();
  }

  private static KillPolicy killPolicy(Duration grace) {
    KillPolicy.Builder policy = KillPolicy.newBuilder();
    policy.getGracePeriodBuilder().setNanoseconds(grace.toNanos());
    return policy.build();
  }

  private static org.apache.mesos.v1.Protos.HealthCheck healthCheck(
      HealthCheck check, List<Integer> containerPorts) {
    org.apache.mesos.v1.Protos.HealthCheck.Builder wire =
        org.apache.mesos.v1.Protos.HealthCheck.newBuilder()
            .setDelaySeconds(seconds(check.delay()))
            .setIntervalSeconds(seconds(check.interval()))
            .setTimeoutSeconds(seconds(check.timeout()))
            .setGracePeriodSeconds(seconds(check.gracePeriod()))
            .setConsecutiveFailures(check.maxConsecutiveFailures());
    int index = check.portIndex().orElse(0);
    int port = check.port().orElse(index < containerPorts.size() ? containerPorts.get(index) : 0);
    switch (check.kind()) {
      case COMMAND ->
          wire.setType(org.apache.mesos.v1.Protos.HealthCheck.Type.COMMAND)
              .getCommandBuilder()
              .setShell(true)
              .setValue(check.command().orElse(""));
      case MESOS_TCP, TCP ->
          wire.setType(org.apache.mesos.v1.Protos.HealthCheck.Type.TCP)
              .getTcpBuilder()
              .setPort(port);
      case MESOS_HTTP, HTTP, MESOS_HTTPS, HTTPS ->
          wire.setType(org.apache.mesos.v1.Protos.HealthCheck.Type.HTTP)
              .getHttpBuilder()
              .setScheme(
                  check.kind() == HealthCheck.Kind.MESOS_HTTPS
                          || check.kind() == HealthCheck.Kind.HTTPS
                      ? "https"
                      : "http")
              .setPort(port)
              .setPath(check.path().orElse("/"));
    }
    return wire.build();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
