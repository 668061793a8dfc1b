package io.mesocosm.bench.cluster;

import com.google.protobuf.ByteString;
import io.mesocosm.bench.wire.CallPool;
import io.mesocosm.bench.wire.Loop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;

/** All simulated agents. Of the loop's thread, but for what says otherwise. */
public final class AgentFleet {
  /** So many agents at a time are in the middle of subscribing: what a listen queue stands. */
  private static final int SUBSCRIBING_MAX = 256;

  private static final int CALL_CONNECTIONS_MAX = 64;
  private static final long RECONNECT_NANOS = 20_000_000;

  private final Loop loop;
  private final boolean batches;
  private final List<Resource> resources;
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final Map<String, SimulatedAgent> agentsById = new HashMap<>();
  private final Map<String, FrameworkInfo> frameworks = new HashMap<>();
  private final Deque<SimulatedAgent> toConnect = new ArrayDeque<>();
  private final List<String> troubles = new ArrayList<>();
  private final Progress subscriptions = new Progress("subscriptions");
  private final Progress runningAcknowledged = new Progress("running and acknowledged");
  private final Progress endAcknowledged = new Progress("ended and acknowledged");
  private final ByteBuffer uuid = ByteBuffer.allocate(16);
  private InetSocketAddress master;
  private CallPool pool;
  private Witness witness = Witness.BLIND;
  private Optional<Pace> pace = Optional.empty();
  private int subscribing;
  private int nextToFinish;
  private long uuids;
  private boolean reconnecting;
  private boolean endsTasksAtOnce;
  private boolean closed;

  /**
   * @param firstIndex tells its agents from those of another fleet
   * @param batches whether calls that are ready together travel together
   */
  public AgentFleet(
      Loop loop, InetSocketAddress master, Sizes sizes, int firstIndex, boolean batches) {
    this.loop = loop;
    this.master = master;
    this.batches = batches;
    this.resources = Shapes.agent(sizes.slotsPerAgent());
    this.pool = new CallPool(loop, master, CALL_CONNECTIONS_MAX);
    for (int index = 0; index < sizes.agents(); index++) {
      agents.add(new SimulatedAgent(firstIndex + index, this));
    }
  }

  /**
   * How soon agents come back.
   *
   * @param longestNanos of the first wait
   */
  private record Pace(long longestNanos, RandomGenerator random) {}

  /**
   * From now on agents that lose their link come back as real ones do: each by itself after a
   * random part of a wait that doubles with each try, and begins anew when a leader is found.
   *
   * @param factor the agent's {@code --registration_backoff_factor}
   */
  public void comeBackLikeRealAgents(Duration factor, RandomGenerator random) {
    pace = Optional.of(new Pace(factor.dividedBy(Backoff.FACTOR_PARTS).toNanos(), random));
  }

  /** Who is told of what happens to agents. */
  void tell(Witness newWitness) {
    witness = newWitness;
  }

  Witness witness() {
    return witness;
  }

  /** Another master leads: who has or seeks a link to one that does not, leaves it. */
  public void leaderIs(InetSocketAddress leader) {
    master = leader;
    pool.close();
    pool = new CallPool(loop, leader, CALL_CONNECTIONS_MAX);
    for (SimulatedAgent agent : agents) {
      if (agent.backoff().isWaiting()) {
        agent.backoff().beginAnew();
        waitToConnect(agent);
      } else if (!agent.connectedTo().isUnresolved() && !agent.connectedTo().equals(leader)) {
        agent.leave("another master leads");
      }
    }
  }

  private void waitToConnect(SimulatedAgent agent) {
    Pace limits = pace.orElseThrow();
    long turn = agent.backoff().begin();
    loop.after(
        agent.backoff().next(limits.longestNanos(), limits.random()),
        () -> {
          if (!closed && agent.backoff().isOver(turn)) {
            subscribing++;
            agent.connect();
          }
        });
  }

  /** Has all agents subscribe; afterwards each that loses its link does so again by itself. */
  public void connectAll() {
    toConnect.addAll(agents);
    connectMore();
  }

  private void connectMore() {
    while (!closed && subscribing < SUBSCRIBING_MAX && !toConnect.isEmpty()) {
      subscribing++;
      toConnect.remove().connect();
    }
  }

  void subscribed(SimulatedAgent agent) {
    agentsById.put(agent.id(), agent);
    agent.backoff().beginAnew();
    subscribing--;
    subscriptions.add();
    witness.agentSubscribed(agent.id());
    connectMore();
  }

  void lost(SimulatedAgent agent, boolean wasSubscribed, String reason) {
    if (closed) {
      return;
    }
    if (!wasSubscribed) {
      subscribing--;
      witness.agentFailed(reason);
    }
    if (wasSubscribed) {
      trouble("a link ended: " + reason);
    }
    if (pace.isPresent()) {
      waitToConnect(agent);
      return;
    }
    toConnect.add(agent);
    if (!reconnecting) {
      reconnecting = true;
      loop.after(
          RECONNECT_NANOS,
          () -> {
            reconnecting = false;
            connectMore();
          });
    }
  }

  public void close() {
    closed = true;
    pool.close();
    agents.forEach(SimulatedAgent::close);
  }

  /** Has every task end. */
  public void finishAll() {
    agents.forEach(SimulatedAgent::finishAll);
  }

  /** Has one task of the next agent end that is not waiting for an offer. */
  public void finishOne() {
    for (int tries = 0; tries < agents.size(); tries++) {
      nextToFinish = (nextToFinish + 7919) % agents.size();
      if (agents.get(nextToFinish).finishOne()) {
        return;
      }
    }
  }

  /** Whether tasks end as soon as their running is acknowledged. */
  public void endTasksAtOnce(boolean atOnce) {
    endsTasksAtOnce = atOnce;
  }

  boolean endsTasksAtOnce() {
    return endsTasksAtOnce;
  }

  Optional<SimulatedAgent> agent(String id) {
    return Optional.ofNullable(agentsById.get(id));
  }

  /** Of all agents together. */
  public long taskCount() {
    return agents.stream().mapToLong(SimulatedAgent::taskCount).sum();
  }

  public Progress subscriptions() {
    return subscriptions;
  }

  public Progress runningAcknowledged() {
    return runningAcknowledged;
  }

  public Progress endAcknowledged() {
    return endAcknowledged;
  }

  /** What went wrong, the first few. */
  public List<String> troubles() {
    return List.copyOf(troubles);
  }

  void trouble(String what) {
    if (troubles.size() < 10) {
      troubles.add(what);
    }
  }

  void learn(FrameworkInfo framework) {
    frameworks.putIfAbsent(framework.getId().getValue(), framework);
  }

  Optional<FrameworkInfo> framework(String id) {
    return Optional.ofNullable(frameworks.get(id));
  }

  ByteString nextUuid() {
    uuid.clear();
    return ByteString.copyFrom(uuid.putLong(0x6d65736f636f736dL).putLong(++uuids).flip());
  }

  double nowSeconds() {
    return System.currentTimeMillis() / 1000.0;
  }

  Loop loop() {
    return loop;
  }

  InetSocketAddress master() {
    return master;
  }

  CallPool pool() {
    return pool;
  }

  boolean batches() {
    return batches;
  }

  List<Resource> resources() {
    return resources;
  }
}
