package io.mesocosm.conformance.executor;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the executor API contract. */
public final class ExecutorSections {
  static final String CONTRACT = "mesos-executor-api";

  private ExecutorSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of(
        new EndpointRows(),
        new ExecutorCallRows(),
        new ExecutorEventRows(),
        new SubscriptionRows(),
        new EnvironmentRows(),
        new TimeoutRows(),
        new UpdateRows(),
        new CommandExecutorRows(),
        new DockerExecutorRows(),
        new DefaultExecutorRows(),
        new RecoveryRows());
  }
}
