package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Everything that can happen to a master. Streams are named by the shell. */
public sealed interface MasterCommand {
  /**
   * A scheduler's SUBSCRIBE, validated in form; its answer will be the stream.
   *
   * @param principal as authenticated, if it was
   */
  record SchedulerSubscribe(StreamId stream, Call call, Optional<Principal> principal)
      implements MasterCommand {}

  /**
   * Any other call of a scheduler, validated in form. Answered by a {@link MasterEffect.Answer}.
   *
   * @param stream as the request's Mesos-Stream-Id says
   */
  record SchedulerCall(
      long request, Optional<StreamId> stream, Call call, Optional<Principal> principal)
      implements MasterCommand {}

  /**
   * Several calls of one scheduler, applied in order and answered once: the batch extension. None
   * is a SUBSCRIBE; all are of one framework.
   */
  record SchedulerCalls(
      long request, Optional<StreamId> stream, List<Call> calls, Optional<Principal> principal)
      implements MasterCommand {}

  /** A scheduler's stream has ended, by whomever. */
  record SchedulerStreamClosed(StreamId stream) implements MasterCommand {}

  /**
   * An agent's SUBSCRIBE.
   *
   * @param ip where it came from
   */
  record AgentSubscribe(StreamId stream, LinkCall call, String ip, Optional<Principal> principal)
      implements MasterCommand {}

  /** Any other call of an agent. Answered by a {@link MasterEffect.Answer}. */
  record AgentCall(long request, Optional<StreamId> stream, LinkCall call)
      implements MasterCommand {}

  /** An agent's stream has ended, by whomever. */
  record AgentStreamClosed(StreamId stream) implements MasterCommand {}

  /**
   * A call of the operator API that changes something, validated in form and authorized as far as
   * that can be told without the state of the cluster. Answered.
   */
  record OperatorCall(
      long request, org.apache.mesos.v1.master.Protos.Call call, Optional<Principal> principal)
      implements MasterCommand {}

  /**
   * An operator wants to hear of everything from now on: {@link MasterEffect.OpenOperatorStream}.
   */
  record OperatorSubscribe(StreamId stream) implements MasterCommand {}

  record OperatorStreamClosed(StreamId stream) implements MasterCommand {}

  /**
   * Why is a framework, or everybody in a role, not offered an agent, or any? Answered with {@link
   * CallAnswer.Explained}.
   */
  record Explain(
      long request, Optional<FrameworkId> framework, Optional<String> role, Optional<AgentId> agent)
      implements MasterCommand {}

  /** What the registry held when this master came to lead; the first command of all. */
  record RegistryRead(List<RegistryRecord> records) implements MasterCommand {}

  /**
   * The file of {@code --whitelist} says something new.
   *
   * @param hostnames of the agents that alone are offered; all if absent
   */
  record WhitelistRead(Optional<SortedSet<String>> hostnames) implements MasterCommand {}

  /** A {@link MasterEffect.Store} is durable. */
  record Stored(long write) implements MasterCommand {}

  /** A {@link MasterEffect.Store} may or may not have happened, and was given up. */
  record StoreFailed(long write, String problem) implements MasterCommand {}

  /** The time of a {@link MasterEffect.SetTimer} has come. */
  record TimerFired(MasterTimer timer) implements MasterCommand {}
}
