package io.mesocosm.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A master core without a shell: streams are lists, time stands until {@link #advance} lets it
 * pass. After every command the books of every agent are checked.
 */
final class Cluster {
  static final Duration ALLOCATION = Duration.ofMillis(20);

  /** How long agents may take to come back to a successor. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  Instant now;
  final Map<StreamId, List<Event>> toSchedulers = new LinkedHashMap<>();
  final Map<StreamId, List<LinkEvent>> toAgents = new LinkedHashMap<>();
  final Set<StreamId> closed = new LinkedHashSet<>();
  final Map<MasterTimer, Instant> timers = new LinkedHashMap<>();
  final Map<String, Integer> counts = new LinkedHashMap<>();
  final Map<Long, CallAnswer> answers = new LinkedHashMap<>();
  private final Set<StreamId> silentAgents = new LinkedHashSet<>();
  final Map<String, RegistryRecord> stored = new LinkedHashMap<>();
  final List<ClusterEvent> published = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  Optional<String> aborted = Optional.empty();
  private final Map<StreamId, FakeAgent> agentsByStream = new LinkedHashMap<>();
  private final Allocator allocator;
  private final Master master;
  private final MasterMirror mirror;
  private boolean looksOnlyWhenAsked;
  private Optional<String> storeFailure = Optional.empty();

  /** Not answered yet, in order; only in the modes that hold them back. */
  private final Deque<MasterEffect.Store> storesHeld = new ArrayDeque<>();

  private boolean holdsStores;
  private long requests;
  private int streams;

  Cluster() {
    this(UnaryOperator.identity());
  }

  /** One whose books are not checked after every command. */
  static Cluster lookedAtOnlyWhenAsked() {
    Cluster cluster = new Cluster();
    cluster.looksOnlyWhenAsked = true;
    return cluster;
  }

  Cluster(UnaryOperator<MasterConfig> change) {
    this(change, AllocatorConfig.USUAL);
  }

  Cluster(UnaryOperator<MasterConfig> change, AllocatorConfig allocation) {
    this("m", change, allocation, Map.of(), Instant.parse("2026-01-01T00:00:00Z"));
  }

  private Cluster(
      String masterId,
      UnaryOperator<MasterConfig> change,
      AllocatorConfig allocation,
      Map<String, RegistryRecord> registry,
      Instant now) {
    this.now = now;
    stored.putAll(registry);
    MasterInfo info = MasterInfo.newBuilder().setId(masterId).setIp(0).setPort(5050).build();
    // A cluster's first master: nobody can come back from an earlier one.
    MasterConfig config =
        change.apply(new Config().reregisterTimeout(Duration.ZERO).of(MasterConfig.of(info)));
    allocator = new HierarchicalAllocator(allocation, new Random(1));
    master = new Master(config, allocator);
    mirror =
        new MasterMirror(config.completedFrameworksMax(), config.completedTasksPerFrameworkMax());
    handle(new MasterCommand.RegistryRead(List.copyOf(stored.values())));
  }

  /** Another master comes to lead, with what this one has stored; agents have a minute. */
  Cluster successor() {
    return successor(UnaryOperator.identity());
  }

  Cluster successor(UnaryOperator<MasterConfig> change) {
    return new Cluster(
        "n",
        config -> change.apply(new Config().reregisterTimeout(PATIENCE).of(config)),
        AllocatorConfig.USUAL,
        stored,
        now);
  }

  static Cluster withOfferTimeout(Duration timeout) {
    return new Cluster(config -> new Config().offerTimeout(timeout).of(config));
  }

  /** Changes to a configuration. */
  static final class Config {
    private Optional<Duration> offerTimeout = Optional.empty();
    private Optional<Duration> reregisterTimeout = Optional.empty();
    private Optional<SortedSet<String>> roles = Optional.empty();
    private boolean rootSubmissions = true;
    private Authorizer authorizer = Authorizer.PERMISSIVE;
    private Optional<AgentRemovalRate> removalRate = Optional.empty();
    private double removalMax = 1;
    private Optional<Integer> registryAgentsMax = Optional.empty();

    Config removalRate(String rate) {
      removalRate = Optional.of(AgentRemovalRate.parse(rate));
      return this;
    }

    Config removalMax(double share) {
      removalMax = share;
      return this;
    }

    Config registryAgentsMax(int agents) {
      registryAgentsMax = Optional.of(agents);
      return this;
    }

    Config offerTimeout(Duration timeout) {
      offerTimeout = Optional.of(timeout);
      return this;
    }

    Config reregisterTimeout(Duration timeout) {
      reregisterTimeout = Optional.of(timeout);
      return this;
    }

    Config roles(String... names) {
      roles = Optional.of(new TreeSet<>(List.of(names)));
      return this;
    }

    Config noRootSubmissions() {
      rootSubmissions = false;
      return this;
    }

    Config authorizer(Authorizer who) {
      authorizer = who;
      return this;
    }

    MasterConfig of(MasterConfig config) {
      return new MasterConfig(
          config.masterId(),
          config.masterInfo(),
          config.pingInterval(),
          config.pingsMissedMax(),
          config.allocationInterval(),
          offerTimeout.or(config::offerTimeout),
          config.completedFrameworksMax(),
          config.completedTasksPerFrameworkMax(),
          config.unreachableTasksPerFrameworkMax(),
          config.heartbeatInterval(),
          reregisterTimeout.orElse(config.agentReregisterTimeout()),
          authorizer,
          roles.or(config::roles),
          rootSubmissions,
          config.constraintsProgramSizeMax(),
          config.constraintsMemoryMax(),
          config.agentDomainRequired(),
          removalRate.or(config::agentRemovalRate),
          removalMax,
          config.registryTrimInterval(),
          config.registryAgentAgeMax(),
          registryAgentsMax.orElse(config.registryAgentsMax()));
    }
  }

  MasterSnapshot snapshot() {
    if (looksOnlyWhenAsked) {
      mirror.apply(master.changes());
    }
    return mirror.snapshot();
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

  /** Several calls of one scheduler in one request. */
  CallAnswer calls(Optional<StreamId> stream, List<Call> calls) {
    long request = requests++;
    handle(new MasterCommand.SchedulerCalls(request, stream, calls, Optional.empty()));
    return Optional.ofNullable(answers.get(request)).orElseThrow();
  }

  CallAnswer operator(org.apache.mesos.v1.master.Protos.Call call) {
    long request = requests++;
    handle(new MasterCommand.OperatorCall(request, call, Optional.empty()));
    return Optional.ofNullable(answers.get(request)).orElseThrow();
  }

  CallAnswer teardown(io.mesocosm.model.FrameworkId framework) {
    return operator(
        org.apache.mesos.v1.master.Protos.Call.newBuilder()
            .setType(org.apache.mesos.v1.master.Protos.Call.Type.TEARDOWN)
            .setTeardown(
                org.apache.mesos.v1.master.Protos.Call.Teardown.newBuilder()
                    .setFrameworkId(FrameworkID.newBuilder().setValue(framework.value())))
            .build());
  }

  /** The registry's next write of a record of its own goes wrong. */
  void failNextStore(String problem) {
    storeFailure = Optional.of(problem);
  }

  /** What the registry has by that name. */
  RegistryRecord stored(String name) {
    return Optional.ofNullable(stored.get(name)).orElseThrow();
  }

  /** From now on the registry's writes wait for {@link #answerStores} or {@link #failStore}. */
  void holdStores() {
    holdsStores = true;
  }

  List<String> storesHeld() {
    return storesHeld.stream().map(MasterEffect.Store::name).toList();
  }

  /** All that wait become durable, in order, and those that follow from them. */
  void answerStores() {
    while (!storesHeld.isEmpty()) {
      answerStore();
    }
  }

  void answerStore() {
    answer(storesHeld.getFirst());
  }

  private void answer(MasterEffect.Store store) {
    storesHeld.remove(store);
    carryOut(store);
    handle(new MasterCommand.Stored(store.write()));
  }

  /** As a storage does that has many writes under way: one of those whose turn it may be. */
  void answerStore(Random random) {
    List<MasterEffect.Store> next = storesUnderWay();
    answer(next.get(random.nextInt(next.size())));
  }

  void failStore(Random random) {
    List<MasterEffect.Store> next = storesUnderWay();
    fail(next.get(random.nextInt(next.size())), random.nextBoolean());
  }

  /** Of each agent and framework the first, up to a record that is about neither. */
  private List<MasterEffect.Store> storesUnderWay() {
    List<MasterEffect.Store> next = new ArrayList<>();
    Set<String> subjects = new LinkedHashSet<>();
    for (MasterEffect.Store store : storesHeld) {
      if (!store.name().matches("(admitted|unreachable|frameworks)/.*")) {
        return next.isEmpty() ? List.of(store) : next;
      }
      if (subjects.add(store.name().substring(store.name().indexOf('/')))) {
        next.add(store);
      }
    }
    return next;
  }

  /** The first that waits fails. */
  void failStore(boolean happens) {
    fail(storesHeld.getFirst(), happens);
  }

  private void fail(MasterEffect.Store store, boolean happens) {
    storesHeld.remove(store);
    if (happens) {
      carryOut(store);
    }
    handle(new MasterCommand.StoreFailed(store.write(), "no quorum"));
  }

  private void carryOut(MasterEffect.Store store) {
    store
        .record()
        .ifPresentOrElse(it -> stored.put(store.name(), it), () -> stored.remove(store.name()));
  }

  void connected(StreamId stream, FakeAgent agent) {
    agentsByStream.put(stream, agent);
  }

  /** From now on, pings down that stream stay unanswered. */
  void silence(StreamId stream) {
    silentAgents.add(stream);
  }

  void handle(MasterCommand command) {
    List<MasterCommand> echoes = new ArrayList<>();
    for (MasterEffect effect : master.handle(command, now)) {
      switch (effect) {
        case MasterEffect.SendToScheduler(var stream, var event) -> {
          toSchedulers.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
          checkIsWritten(event.getUpdate().getStatus());
        }
        case MasterEffect.SendToAgent(var stream, var event) -> {
          toAgents.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
          if (event.hasSubscribed()) {
            assertThat(stored)
                .containsKey("admitted/" + event.getSubscribed().getAgentId().getValue());
            Optional.ofNullable(agentsByStream.get(stream))
                .filter(agent -> agent.stream.equals(stream))
                .ifPresent(agent -> agent.welcomed(event.getSubscribed().getAgentId()));
          }
          if (event.getType() == LinkEvent.Type.PING && !silentAgents.contains(stream)) {
            LinkCall pong = LinkCall.newBuilder().setType(LinkCall.Type.PONG).build();
            echoes.add(new MasterCommand.AgentCall(requests++, Optional.of(stream), pong));
          }
          if (event.hasOperationAcknowledged()) {
            Optional.ofNullable(agentsByStream.get(stream))
                .ifPresent(agent -> agent.acknowledged(event.getOperationAcknowledged()));
          }
          if (event.hasApplyOperation()) {
            Optional.ofNullable(agentsByStream.get(stream))
                .flatMap(agent -> agent.apply(event.getApplyOperation()))
                .ifPresent(call ->
                    echoes.add(new MasterCommand.AgentCall(requests++, Optional.of(stream), call)));
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
        case MasterEffect.Store store -> {
          if (holdsStores) {
            storesHeld.addLast(store);
          } else if (storeFailure.isPresent() && !store.name().equals(ClusterRecord.RECORD)) {
            echoes.add(new MasterCommand.StoreFailed(store.write(), storeFailure.get()));
            storeFailure = Optional.empty();
          } else {
            carryOut(store);
            echoes.add(new MasterCommand.Stored(store.write()));
          }
        }
        case MasterEffect.OpenOperatorStream _ -> {
          // the shell's affair
        }
        case MasterEffect.Publish(ClusterEvent event) -> published.add(event);
        case MasterEffect.Count(var metric) -> counts.merge(metric, 1, Integer::sum);
        case MasterEffect.Warn(var message) -> warnings.add(message);
        case MasterEffect.Abort(var why) -> aborted = Optional.of(why);
      }
    }
    if (!looksOnlyWhenAsked) {
      mirror.apply(master.changes());
      checkBooks();
      checkAllocationIsDue();
    }
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

  /** F2: nobody hears that an agent is unreachable before the registry has it. */
  private void checkIsWritten(TaskStatus status) {
    if (status.getState() == TaskState.TASK_UNREACHABLE
        && status.getSource() == TaskStatus.Source.SOURCE_MASTER
        && status.getReason() == TaskStatus.Reason.REASON_AGENT_REMOVED) {
      assertThat(stored).containsKey("unreachable/" + status.getAgentId().getValue());
    }
  }

  /**
   * Whoever has something that may be offered is looked at soon, without anything else happening.
   */
  private void checkAllocationIsDue() {
    if (allocator.figures().agentsWaiting() > 0) {
      assertThat(timers.keySet())
          .as("an allocation is due")
          .containsAnyOf(new MasterTimer.Allocate(), new MasterTimer.AllocateLater());
    }
  }

  /** What is offered, what is used and what is free of an agent are together what it has. */
  private void checkBooks() {
    for (MasterSnapshot.AgentView agent : mirror.snapshot().agents().values()) {
      Resources total = agent.total().nonShared();
      Resources used = agent.used().unallocated().nonShared();
      assertThat(total.contains(used)).as("%s uses %s of %s", agent.id(), used, total).isTrue();
      Resources free = total.minus(used);
      Resources offered = agent.offered().unallocated().nonShared();
      assertThat(free.contains(offered)).as("%s offered of %s", offered, free).isTrue();
      assertThat(free.minus(offered))
          .as("free on %s", agent.id())
          .isEqualTo(allocator.free(agent.id()).nonShared());
    }
  }
}
