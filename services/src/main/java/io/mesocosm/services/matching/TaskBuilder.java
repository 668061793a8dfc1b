package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/** Makes the task of an instance (contracts/marathon-api.md §4, §5, §7, §11, §12). One thread. */
final class TaskBuilder {
  private static final int RANDOM_PORT_MIN = 10_000;
  private static final int RANDOM_PORT_COUNT = 50_000;

  private final String usualUser;
  private final String environmentPrefix;
  private final ContainerBuilder containers;
  // Of the app that a task was last made for: the next one is mostly for the same.
  private Optional<AppTemplate> template = Optional.empty();

  TaskBuilder(String usualUser, String environmentPrefix, String bridgeName) {
    this.usualUser = usualUser;
    this.environmentPrefix = environmentPrefix;
    this.containers = new ContainerBuilder(bridgeName);
  }

  /** The first task of an instance. */
  TaskInfo build(
      AppDefinition app,
      InstanceId instance,
      Placement place,
      List<Integer> hostPorts,
      Resources resources) {
    return build(app, instance.taskId(1), place, hostPorts, resources, Resources.NONE, false);
  }

  /**
   * @param hostPorts in the app's order, {@value PortAssigner#NONE} where there is none
   * @param resources of the task itself
   * @param executorResources of the executor of an app that {@link #hasOwnExecutor}; none otherwise
   * @param enforcesGroupRole whether the app's outermost group insists on its role
   */
  TaskInfo build(
      AppDefinition app,
      String taskId,
      Placement place,
      List<Integer> hostPorts,
      Resources resources,
      Resources executorResources,
      boolean enforcesGroupRole) {
    AppTemplate common = template(app, enforcesGroupRole);
    List<Integer> containerPorts = containerPorts(app, taskId, hostPorts);
    List<Integer> announced = announced(hostPorts, containerPorts);
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setName(app.id().mesosName())
            .setTaskId(TaskID.newBuilder().setValue(taskId))
            .setAgentId(AgentID.newBuilder().setValue(place.agentId()))
            .addAllResources(OfferedResources.toWire(resources))
            .setDiscovery(TaskDiscovery.of(app, hostPorts, containerPorts));
    if (!app.labels().isEmpty()) {
      task.setLabels(common.labels());
    }
    app.resourceLimits().cpus().ifPresent(cpus -> task.putLimits("cpus", scalar(cpus)));
    app.resourceLimits().mem().ifPresent(mem -> task.putLimits("mem", scalar(mem)));
    CommandInfo command =
        command(
            app,
            TaskEnvironment.of(common, taskId, place.hostname(), announced, environmentPrefix));
    Optional<ContainerInfo> container = containers.build(app, hostPorts, containerPorts);
    if (hasOwnExecutor(app)) {
      task.setExecutor(executor(app, taskId, command, container, executorResources));
    } else {
      task.setCommand(command);
      container.ifPresent(task::setContainer);
    }
    app.taskKillGracePeriod().ifPresent(grace -> task.setKillPolicy(killPolicy(grace)));
    TaskChecks.health(app.healthChecks(), containerPorts).ifPresent(task::setHealthCheck);
    app.check()
        .ifPresent(
            check -> task.setCheck(TaskChecks.check(check, containerPorts, app.portNames())));
    return task.build();
  }

  private AppTemplate template(AppDefinition app, boolean enforcesGroupRole) {
    AppTemplate common =
        template
            .filter(last -> last.enforcesGroupRole() == enforcesGroupRole && last.app().equals(app))
            .orElseGet(() -> AppTemplate.of(app, enforcesGroupRole));
    template = Optional.of(common);
    return common;
  }

  /** Whether the app brings a program that runs its tasks, which takes resources of its own. */
  static boolean hasOwnExecutor(AppDefinition app) {
    return app.executor().filter(path -> !path.equals("//cmd")).isPresent();
  }

  /**
   * What the task listens on inside its network; the host port where the network is the host's. A
   * port that nobody chose, and that the host does not show, is drawn out of the task's id.
   */
  private static List<Integer> containerPorts(
      AppDefinition app, String taskId, List<Integer> hostPorts) {
    if (app.networkMode() == Network.Mode.HOST) {
      return hostPorts;
    }
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < hostPorts.size(); i++) {
      int asked = app.portMappings().get(i).containerPort();
      int shown = hostPorts.get(i);
      ports.add(asked > 0 ? asked : shown > 0 ? shown : drawn(taskId, i));
    }
    return ports;
  }

  private static int drawn(String taskId, int index) {
    return RANDOM_PORT_MIN + Math.floorMod(taskId.hashCode() + index, RANDOM_PORT_COUNT);
  }

  private static List<Integer> announced(List<Integer> hostPorts, List<Integer> containerPorts) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < hostPorts.size(); i++) {
      ports.add(hostPorts.get(i) == PortAssigner.NONE ? containerPorts.get(i) : hostPorts.get(i));
    }
    return ports;
  }

  private CommandInfo command(AppDefinition app, Environment environment) {
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
    for (Artifact artifact : app.fetch()) {
      command.addUris(uri(artifact));
    }
    return command.setEnvironment(environment).build();
  }

  private static CommandInfo.URI uri(Artifact artifact) {
    CommandInfo.URI.Builder uri =
        CommandInfo.URI
            .newBuilder()
            .setValue(artifact.uri())
            .setExtract(artifact.extract())
            .setExecutable(artifact.executable())
            .setCache(artifact.cache());
    artifact.destPath().ifPresent(uri::setOutputFile);
    return uri.build();
  }

  /** The app's program is started with the app's command behind it. */
  private static ExecutorInfo executor(
      AppDefinition app,
      String taskId,
      CommandInfo command,
      Optional<ContainerInfo> container,
      Resources resources) {
    String path = "'" + app.executor().orElseThrow().replace("'", "'\\''") + "'";
    String line = app.cmd().orElseGet(() -> String.join(" ", app.args()));
    ExecutorInfo.Builder executor =
        ExecutorInfo.newBuilder()
            .setType(ExecutorInfo.Type.CUSTOM)
            .setCommand(
                command.toBuilder()
                    .setShell(true)
                    .clearArguments()
                    .setValue(("chmod ug+rx " + path + " && exec " + path + " " + line).strip()))
            .addAllResources(OfferedResources.toWire(resources));
    executor.getExecutorIdBuilder().setValue("marathon-" + taskId);
    container.ifPresent(executor::setContainer);
    return executor.build();
  }

  static Labels labels(SortedMap<String, String> labels) {
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

  private static Value.Scalar scalar(double amount) {
    return Value.Scalar.newBuilder().setValue(amount).build();
  }
}
