package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.simulation.world.Host;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.DrainInfo;
import org.apache.mesos.v1.Protos.DrainState;
import org.apache.mesos.v1.master.Protos.Call;

/**
 * People who take agents out of use, and put them back. They look at the leading master, and ask
 * until it shows what they want.
 */
final class Operators {
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final Duration GRACE_MAX = Duration.ofSeconds(5);

  /** What is wanted of an agent. */
  enum Use {
    FULL,
    /** Nothing new is to run there. */
    DEACTIVATED,
    /** Nothing at all is to run there. */
    DRAINED
  }

  private final World world;
  private final Host host;
  private final Requests requests;
  private final Masters masters;
  private final SortedMap<String, Use> wantedByAgent = new TreeMap<>();
  private final SortedSet<String> unsettled = new TreeSet<>();

  Operators(World world, Masters masters) {
    this.world = world;
    this.host = new Host(world.simulation(), "operator");
    this.requests = new Requests(world.network(), host);
    this.masters = masters;
  }

  /** From now on, by the agent's host. */
  void want(String agent, Use use) {
    world.note(() -> "operators want " + agent + " " + use);
    wantedByAgent.put(agent, use);
    if (unsettled.add(agent)) {
      ask(agent);
    }
  }

  /** Agents of which the leader does not show yet what was wanted last. */
  int unanswered() {
    return unsettled.size();
  }

  private void ask(String agent) {
    Use use = wantedByAgent.getOrDefault(agent, Use.FULL);
    Optional<MasterHost> to = masters.leaderHost();
    Optional<MasterSnapshot.AgentView> seen =
        to.flatMap(MasterHost::leading)
            .flatMap(master ->
                master.snapshot().agents().values().stream()
                    .filter(view -> view.info().getHostname().equals(agent))
                    .findFirst());
    if (to.isPresent() && seen.isPresent() && isSo(seen.get(), use)) {
      unsettled.remove(agent);
    } else if (to.isPresent() && seen.isPresent()) {
      Call call = call(use, AgentID.newBuilder().setValue(seen.get().id().value()).build());
      requests.<CallAnswer>exchange(
          to.get().host(),
          (end, reply) -> to.get().callByOperator(end, call, reply),
          _ -> host.after(PAUSE, () -> ask(agent)));
    } else {
      host.after(PAUSE, () -> ask(agent));
    }
  }

  private static boolean isSo(MasterSnapshot.AgentView agent, Use use) {
    return switch (use) {
      case FULL -> !agent.deactivated();
      case DEACTIVATED -> agent.deactivated();
      case DRAINED ->
          agent.drain().map(DrainInfo::getState).filter(DrainState.DRAINED::equals).isPresent();
    };
  }

  private static Call call(Use use, AgentID agent) {
    Call.Builder call = Call.newBuilder();
    switch (use) {
      case FULL ->
          call.setType(Call.Type.REACTIVATE_AGENT).getReactivateAgentBuilder().setAgentId(agent);
      case DEACTIVATED ->
          call.setType(Call.Type.DEACTIVATE_AGENT).getDeactivateAgentBuilder().setAgentId(agent);
      case DRAINED ->
          call.setType(Call.Type.DRAIN_AGENT)
              .getDrainAgentBuilder()
              .setAgentId(agent)
              .setMaxGracePeriod(
                  com.google.protobuf.Duration.newBuilder().setSeconds(GRACE_MAX.toSeconds()));
    }
    return call.build();
  }
}
