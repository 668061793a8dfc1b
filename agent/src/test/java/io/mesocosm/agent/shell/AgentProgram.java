package io.mesocosm.agent.shell;

import io.mesocosm.containerizer.process.ProcessContainerizer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** An agent for plain processes, as a program of its own: to be killed. */
final class AgentProgram {
  private AgentProgram() {}

  /** Called with the agent's flags. */
  public static void main(String[] arguments) throws Exception {
    AgentOptions options = AgentOptions.parse(List.of(arguments));
    AgentProcess agent =
        AgentProcess.start(
            options,
            new Containerizers(
                Optional.of(
                    new ProcessContainerizer(options.workDir().resolve("meta").resolve("engine"))),
                Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(1),
            crash -> Runtime.getRuntime().halt(1));
    new CountDownLatch(1).await();
    agent.close();
  }
}
