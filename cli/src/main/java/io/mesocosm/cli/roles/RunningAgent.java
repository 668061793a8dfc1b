package io.mesocosm.cli.roles;

import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.containerizer.Containerizer;
import java.util.List;

/**
 * An agent with the engines that were made for it; closing ends what it runs, detaching leaves it
 * running for the next agent of the work directory. Both let go of the engines.
 */
public record RunningAgent(AgentProcess process, List<Containerizer> engines)
    implements AutoCloseable {
  @Override
  public void close() {
    process.close();
    engines.forEach(Containerizer::close);
  }

  /** Stops, and leaves containers and the master's belief in the agent as they are. */
  void detach() {
    process.detach();
    engines.forEach(Containerizer::close);
  }
}
