package io.mesocosm.agent;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.runtime.Durations;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;

/**
 * The environment of a task or an executor, complete: nothing of the agent's own is inherited
 * (contracts/mesos-executor-api.md §5, contracts/mesos-containerization.md §12).
 */
final class TaskEnvironment {
  private static final String PATH_DEFAULT =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private TaskEnvironment() {}

  static SortedMap<String, String> of(
      Task task, FrameworkInfo framework, AgentId agentId, AgentConfig config) {
    SortedMap<String, String> environment = new TreeMap<>();
    if (!task.isDocker()) {
      // An image brings a PATH of its own.
      environment.put("PATH", PATH_DEFAULT);
    }
    environment.putAll(config.executorEnvironment());
    putAgentVariables(environment, task.executor(), task.sandbox(), framework, agentId, config);
    putSandbox(environment, task.containerId(), task.isDocker(), task.sandbox(), config);
    if (task.isInGroup()) {
      environment.put("MESOS_CONTAINER_IP", config.ip());
    }
    task.info().getResourcesList().stream()
        .filter(Resource::hasAllocationInfo)
        .map(resource -> resource.getAllocationInfo().getRole())
        .findFirst()
        .ifPresent(role -> environment.put("MESOS_ALLOCATION_ROLE", role));
    putAll(environment, task.info().getCommand());
    return environment;
  }

  /** Of a framework's executor (contracts/mesos-executor-api.md §5). */
  static SortedMap<String, String> ofExecutor(
      Executor executor,
      ContainerWish wish,
      FrameworkInfo framework,
      AgentId agentId,
      AgentConfig config) {
    SortedMap<String, String> environment = new TreeMap<>();
    environment.putAll(config.executorTransport());
    if (wish.isDocker()) {
      // The file is not in the image: whoever made that has put the authorities there.
      environment.remove(AgentConfig.EXECUTOR_AUTHORITIES);
    } else {
      environment.put("PATH", PATH_DEFAULT);
    }
    environment.putAll(config.executorEnvironment());
    putAgentVariables(environment, executor, executor.directory(), framework, agentId, config);
    putSandbox(environment, executor.containerId(), wish.isDocker(), executor.directory(), config);
    putAll(environment, wish.command());
    return environment;
  }

  private static void putAll(SortedMap<String, String> environment, CommandInfo command) {
    for (Environment.Variable variable : command.getEnvironment().getVariablesList()) {
      String value =
          variable.getType() == Environment.Variable.Type.SECRET
              ? variable.getSecret().getValue().getData().toStringUtf8()
              : variable.getValue();
      environment.put(variable.getName(), value);
    }
  }

  private static void putAgentVariables(
      SortedMap<String, String> environment,
      Executor executor,
      String sandbox,
      FrameworkInfo framework,
      AgentId agentId,
      AgentConfig config) {
    environment.put("LIBPROCESS_PORT", "0");
    environment.put("MESOS_FRAMEWORK_ID", executor.frameworkId().value());
    environment.put("MESOS_EXECUTOR_ID", executor.id().value());
    environment.put("MESOS_DIRECTORY", sandbox);
    environment.put("MESOS_SLAVE_ID", agentId.value());
    environment.put("MESOS_SLAVE_PID", config.pid());
    environment.put("MESOS_AGENT_ENDPOINT", config.ip() + ":" + config.agentInfo().getPort());
    environment.put("MESOS_CHECKPOINT", framework.getCheckpoint() ? "1" : "0");
    environment.put("MESOS_HTTP_COMMAND_EXECUTOR", "0");
    environment.put(
        "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
        Durations.format(config.shutdownGrace(executor.info())));
    if (framework.getCheckpoint()) {
      environment.put("MESOS_RECOVERY_TIMEOUT", Durations.format(config.recoveryTimeout()));
      environment.put(
          "MESOS_SUBSCRIPTION_BACKOFF_MAX",
          Durations.format(config.executorReregistrationTimeout()));
    }
  }

  private static void putSandbox(
      SortedMap<String, String> environment,
      ContainerId containerId,
      boolean docker,
      String sandbox,
      AgentConfig config) {
    if (docker) {
      environment.put("MESOS_SANDBOX", config.sandboxDirectory());
      environment.put("MESOS_CONTAINER_NAME", "mesos-" + containerId.value());
    } else {
      environment.put("MESOS_SANDBOX", sandbox);
    }
  }
}
