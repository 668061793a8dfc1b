package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Duration;
import java.time.Instant;
import org.apache.mesos.v1.Protos.HealthCheck;

/** What an agent wants done. */
public sealed interface AgentEffect {

  /**
   * Find the leading master and open a link to it with this SUBSCRIBE; answer with {@link
   * AgentCommand.LinkOpened} or {@link AgentCommand.LinkClosed}.
   *
   * @param link numbers the attempt, ascending; a new one replaces all earlier ones
   */
  record Connect(long link, LinkCall subscribe) implements AgentEffect {}

  /** Close a link without a {@link AgentCommand.LinkClosed}. */
  record Disconnect(long link, String reason) implements AgentEffect {}

  /** Send a call on an open link, after those sent before. */
  record SendToMaster(long link, LinkCall call) implements AgentEffect {}

  /**
   * Make the sandbox and start the container; answer with {@link AgentCommand.ContainerStarted} and
   * later {@link AgentCommand.ContainerExited}, or with {@link AgentCommand.ContainerFailed}.
   */
  record LaunchContainer(ContainerLaunch launch) implements AgentEffect {}

  /**
   * End a container: SIGTERM, and SIGKILL after the grace period. A container that is still being
   * launched is given up at once: then {@link AgentCommand.ContainerFailed} follows, or, if it came
   * to run meanwhile, its start and exit. Repeated for one container it only shortens the grace
   * period.
   *
   * @param grace from now on
   */
  record StopContainer(ContainerId id, Duration grace) implements AgentEffect {}

  /** Remove what an ended container left behind, except its sandbox. */
  record DestroyContainer(ContainerId id) implements AgentEffect {}

  /**
   * Check a running container's health until {@link StopChecks}; answer each check with {@link
   * AgentCommand.HealthReported}.
   *
   * @param host whom HTTP and TCP checks shall reach
   */
  record StartChecks(ContainerId id, HealthCheck check, String host) implements AgentEffect {}

  record StopChecks(ContainerId id) implements AgentEffect {}

  /** Answer with {@link AgentCommand.TimerFired} at {@code at}; replaces an equal timer. */
  record SetTimer(AgentTimer timer, Instant at) implements AgentEffect {}

  record CancelTimer(AgentTimer timer) implements AgentEffect {}

  /** The last effect: nothing runs any more and the master has been told. */
  record Stopped() implements AgentEffect {}
}
