package io.mesocosm.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A master core without a shell: streams are lists, time stands until {@link #advance} lets it
 * pass. After every command the books of every agent are checked.
 */
final class Cluster {
  static final Duration ALLOCATION = Duration.ofMillis(20);

  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  final Map<StreamId, List<Event>> toSchedulers = new LinkedHashMap<>();
  final Map<StreamId, List<LinkEvent>> toAgents = new LinkedHashMap<>();
  final Set<StreamId> closed = new LinkedHashSet<>();
  final Map<MasterTimer, Instant> timers = new LinkedHashMap<>();
  final Map<String, Integer> counts = new LinkedHashMap<>();
  final Map<Long, CallAnswer> answers = new LinkedHashMap<>();
  private final Set<StreamId> silentAgents = new LinkedHashSet<>();
  private final Master master;
  private long requests;
  private int streams;

  Cluster() {
    this(UnaryOperator.identity());
  }

  Cluster(UnaryOperator<MasterConfig> change) {
    MasterInfo info = MasterInfo.newBuilder().setId("m").setIp(0).setPort(5050).build();
    master =
        new Master(
            change.apply(withoutEarlierMaster(MasterConfig.of(info))),
            new HierarchicalAllocator(new Random(1)));
  }

  static Cluster withOfferTimeout(Duration timeout) {
    return new Cluster(config ->
        new MasterConfig(
            config.masterId(),
            config.masterInfo(),
            config.pingInterval(),
            config.pingsMissedMax(),
            config.allocationInterval(),
            Optional.of(timeout),
            config.completedFrameworksMax(),
            config.completedTasksPerFrameworkMax(),
            config.heartbeatInterval(),
            config.agentReregisterTimeout()));
  }

  /** A cluster's first master: nobody can come back from an earlier one. */
  private static MasterConfig withoutEarlierMaster(MasterConfig config) {
    return withReregisterTimeout(config, Duration.ZERO);
  }

  private static MasterConfig withReregisterTimeout(MasterConfig config, Duration timeout) {
    return new MasterConfig(
        config.masterId(),
        config.masterInfo(),
        config.pingInterval(),
        config.pingsMissedMax(),
        config.allocationInterval(),
        config.offerTimeout(),
        config.completedFrameworksMax(),
        config.completedTasksPerFrameworkMax(),
        config.heartbeatInterval(),
        timeout);
  }

  MasterSnapshot snapshot() {
    return master.snapshot();
  }

  StreamId freshStream() {
    return new StreamId("stream-" + streams++);
  }

  /** A MULTI_ROLE framework that may stay away for an hour. */
  static FrameworkInfo.Builder framework(String... roles) {
    return FrameworkInfo.newBuilder()
        .setUser("nobody")
        .setName("test")
        .setFailoverTimeout(3600)
        .addAllRoles(List.of(roles))
        .addCapabilities(capability(FrameworkInfo.Capability.Type.MULTI_ROLE));
  }

  static FrameworkInfo.Builder partitionAware(String... roles) {
    return framework(roles)
        .addCapabilities(capability(FrameworkInfo.Capability.Type.PARTITION_AWARE));
  }

  static FrameworkInfo.Capability capability(FrameworkInfo.Capability.Type type) {
    return FrameworkInfo.Capability.newBuilder().setType(type).build();
  }

  FakeScheduler subscribe(String... roles) {
    return subscribe(framework(roles));
  }

  FakeScheduler subscribe(FrameworkInfo.Builder info, String... suppressed) {
    StreamId stream = freshStream();
    Call.Builder call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(
                Call.Subscribe.newBuilder()
                    .setFrameworkInfo(info)
                    .addAllSuppressedRoles(List.of(suppressed)));
    if (info.hasId()) {
      call.setFrameworkId(info.getId());
    }
    handle(new MasterCommand.SchedulerSubscribe(stream, call.build(), Optional.empty()));
    return new FakeScheduler(this, stream);
  }

  FakeAgent registerAgent(double cpus, double mem) {
    return registerAgent("host" + streams, cpus, mem);
  }

  FakeAgent registerAgent(String hostname, double cpus, double mem) {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname(hostname)
            .setPort(5051)
            .addResources(Launches.scalar("cpus", cpus))
            .addResources(Launches.scalar("mem", mem))
            .addResources(Launches.scalar("disk", 1000))
            .addResources(Launches.ports(31000, 31009))
            .build();
    FakeAgent agent = new FakeAgent(this, info);
    agent.subscribe();
    return agent;
  }

  CallAnswer call(Optional<StreamId> stream, Call call) {
    long request = requests++;
    handle(new MasterCommand.SchedulerCall(request, stream, call, Optional.empty()));
    return Optional.ofNullable(answers.get(request)).orElseThrow();
  }

  CallAnswer agentCall(StreamId stream, LinkCall call) {
    long request = requests++;
    handle(new MasterCommand.AgentCall(request, Optional.of(stream), call));
    return Optional.ofNullable(answers.get(request)).orElseThrow();
  }

  CallAnswer teardown(io.mesocosm.model.FrameworkId framework) {
    long request = requests++;
    handle(new MasterCommand.TeardownFramework(request, framework));
    return Optional.ofNullable(answers.get(request)).orElseThrow();
  }

  /** From now on, pings down that stream stay unanswered. */
  void silence(StreamId stream) {
    silentAgents.add(stream);
  }

  void handle(MasterCommand command) {
    List<MasterCommand> echoes = new ArrayList<>();
    for (MasterEffect effect : master.handle(command, now)) {
      switch (effect) {
        case MasterEffect.SendToScheduler(var stream, var event) ->
            toSchedulers.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
        case MasterEffect.SendToAgent(var stream, var event) -> {
          toAgents.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
          if (event.getType() == LinkEvent.Type.PING && !silentAgents.contains(stream)) {
            LinkCall pong = LinkCall.newBuilder().setType(LinkCall.Type.PONG).build();
            echoes.add(new MasterCommand.AgentCall(requests++, Optional.of(stream), pong));
          }
        }
        case MasterEffect.CloseSchedulerStream(var stream) -> {
          closed.add(stream);
          echoes.add(new MasterCommand.SchedulerStreamClosed(stream));
        }
        case MasterEffect.CloseAgentStream(var stream) -> {
          closed.add(stream);
          echoes.add(new MasterCommand.AgentStreamClosed(stream));
        }
        case MasterEffect.Answer(long request, var answer) ->
            assertThat(answers.put(request, answer)).as("earlier answer").isNull();
        case MasterEffect.SetTimer(var timer, var at) -> timers.put(timer, at);
        case MasterEffect.CancelTimer(var timer) -> timers.remove(timer);
        case MasterEffect.Count(var metric) -> counts.merge(metric, 1, Integer::sum);
      }
    }
    checkBooks();
    echoes.forEach(this::handle);
  }

  /** Lets time pass, and fires what falls due. */
  void advance(Duration duration) {
    Instant end = now.plus(duration);
    Optional<Map.Entry<MasterTimer, Instant>> next = nextTimer(end);
    while (next.isPresent()) {
      timers.remove(next.get().getKey());
      now = now.isAfter(next.get().getValue()) ? now : next.get().getValue();
      handle(new MasterCommand.TimerFired(next.get().getKey()));
      next = nextTimer(end);
    }
    now = end;
  }

  private Optional<Map.Entry<MasterTimer, Instant>> nextTimer(Instant end) {
    return timers.entrySet().stream()
        .filter(entry -> !entry.getValue().isAfter(end))
        .min(Comparator.comparing(Map.Entry::getValue))
        .map(entry -> Map.entry(entry.getKey(), entry.getValue()));
  }

  /** What is offered and what is used of an agent are together never more than it has. */
  private void checkBooks() {
    for (MasterSnapshot.AgentView agent : master.snapshot().agents().values()) {
      Resources used = agent.used().unallocated();
      assertThat(agent.total().contains(used)).as("%s uses %s", agent.id(), used).isTrue();
      Resources free = agent.total().minus(used);
      Resources offered = agent.offered().unallocated();
      assertThat(free.contains(offered)).as("%s offered of %s", offered, free).isTrue();
    }
  }
}
