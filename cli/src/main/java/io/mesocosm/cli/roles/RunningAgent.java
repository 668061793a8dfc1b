package io.mesocosm.cli.roles;

import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.containerizer.Containerizer;
import java.util.List;

/**
 * An agent with the engines that were made for it; closing ends what it runs, then lets go of the
 * engines.
 */
public record RunningAgent(AgentProcess process, List<Containerizer> engines)
    implements AutoCloseable {
  @Override
  public void close() {
    process.close();
    engines.forEach(Containerizer::close);
  }
}
