package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Everything that can happen to a master. Streams are named by the shell. */
public sealed interface MasterCommand {
  /**
   * A scheduler's SUBSCRIBE, validated in form; its answer will be the stream.
   *
   * @param principal as authenticated, if it was
   */
  record SchedulerSubscribe(StreamId stream, Call call, Optional<String> principal)
      implements MasterCommand {}

  /**
   * Any other call of a scheduler, validated in form. Answered by a {@link MasterEffect.Answer}.
   *
   * @param stream as the request's Mesos-Stream-Id says
   */
  record SchedulerCall(
      long request, Optional<StreamId> stream, Call call, Optional<String> principal)
      implements MasterCommand {}

  /** A scheduler's stream has ended, by whomever. */
  record SchedulerStreamClosed(StreamId stream) implements MasterCommand {}

  /**
   * An agent's SUBSCRIBE.
   *
   * @param ip where it came from
   */
  record AgentSubscribe(StreamId stream, LinkCall call, String ip) implements MasterCommand {}

  /** Any other call of an agent. Answered by a {@link MasterEffect.Answer}. */
  record AgentCall(long request, Optional<StreamId> stream, LinkCall call)
      implements MasterCommand {}

  /** An agent's stream has ended, by whomever. */
  record AgentStreamClosed(StreamId stream) implements MasterCommand {}

  /** An operator removes a framework and everything it runs. Answered. */
  record TeardownFramework(long request, FrameworkId framework) implements MasterCommand {}

  /** The time of a {@link MasterEffect.SetTimer} has come. */
  record TimerFired(MasterTimer timer) implements MasterCommand {}
}
