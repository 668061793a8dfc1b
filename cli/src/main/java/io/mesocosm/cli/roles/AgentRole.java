package io.mesocosm.cli.roles;

import io.mesocosm.agent.shell.AgentFlags;
import io.mesocosm.agent.shell.AgentOptions;
import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.agent.shell.Containerizers;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.docker.DockerContainerizer;
import io.mesocosm.containerizer.docker.DockerOptions;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Wires an agent and its engines. */
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
    return start(AgentOptions.from(flags), crashHandler);
  }

  private static RunningAgent start(AgentOptions options, Consumer<Throwable> crashHandler)
      throws Exception {
    Optional<Containerizer> process =
        options.runsProcesses()
            ? Optional.of(new ProcessContainerizer(options.workDir().resolve("meta/containers")))
            : Optional.empty();
    Optional<Containerizer> docker =
        options.runsDocker()
            ? Optional.of(
                new DockerContainerizer(
                    DockerOptions.of(options.workDir()).withSocket(options.dockerSocket())))
            : Optional.empty();
    AgentProcess agent =
        AgentProcess.start(
            options,
            new Containerizers(process, docker),
            InstantSource.system(),
            new SecureRandom(),
            crashHandler);
    return new RunningAgent(agent, Stream.concat(process.stream(), docker.stream()).toList());
  }
}
