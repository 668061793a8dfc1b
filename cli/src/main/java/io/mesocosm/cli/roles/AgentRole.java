package io.mesocosm.cli.roles;

import io.mesocosm.agent.shell.AgentFlags;
import io.mesocosm.agent.shell.AgentOptions;
import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.agent.shell.Containerizers;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.docker.DockerContainerizer;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.runtime.SteadyClock;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Wires an agent and its engines. A signal to end leaves tasks running, for the next agent of the
 * work directory to find; SIGUSR1 ends them and takes leave of the master (contracts/mesos-ha.md
 * F6).
 */
public final class AgentRole implements RoleMain.Role {
  /** For the local cluster: from arguments alone, without the environment. */
  public static RunningAgent start(List<String> arguments, Consumer<Throwable> crashHandler)
      throws Exception {
    return start(AgentOptions.parse(arguments), crashHandler);
  }

  @Override
  public List<Flag<?>> flags() {
    return AgentFlags.ALL;
  }

  @Override
  public List<String> environmentPrefixes() {
    return AgentFlags.ENVIRONMENT_PREFIXES;
  }

  @Override
  public AutoCloseable start(Flags flags, Consumer<Throwable> crashHandler) throws Exception {
    RunningAgent agent = start(AgentOptions.from(flags), crashHandler);
    Signals.on(
        "USR1",
        () -> {
          agent.close();
          // The end of the process meets an agent that is closed already.
          System.exit(0);
        });
    return new DetachedAtTheEnd(agent);
  }

  /** How the agent's process ends when it is told to, or when it is to be started anew. */
  private record DetachedAtTheEnd(RunningAgent agent) implements AutoCloseable {
    @Override
    public void close() {
      agent.detach();
    }
  }

  private static RunningAgent start(AgentOptions options, Consumer<Throwable> crashHandler)
      throws Exception {
    Optional<Containerizer> process =
        options.runsProcesses()
            ? Optional.of(new ProcessContainerizer(options.workDir().resolve("meta/containers")))
            : Optional.empty();
    Optional<Containerizer> docker =
        options.runsDocker()
            ? Optional.of(new DockerContainerizer(options.docker()))
            : Optional.empty();
    AgentProcess agent =
        AgentProcess.start(
            options,
            new Containerizers(process, docker),
            SteadyClock.start(),
            new SecureRandom(),
            crashHandler);
    return new RunningAgent(agent, Stream.concat(process.stream(), docker.stream()).toList());
  }
}
