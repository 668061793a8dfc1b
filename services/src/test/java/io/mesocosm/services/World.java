package io.mesocosm.services;

import com.google.protobuf.ByteString;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The core with a fake outside: a store that can be held back, a master that remembers what was
 * launched and killed, and a clock that tests move.
 */
final class World {
  Services core;
  Instant now = Instant.parse("2026-01-02T03:04:05Z");
  final Map<String, StoredRecord> store = new LinkedHashMap<>();
  final List<ServicesEffect> effects = new ArrayList<>();
  final List<ServicesEffect.Store> held = new ArrayList<>();
  final Map<String, TaskInfo> tasks = new LinkedHashMap<>();
  final Map<ServicesTimer, Instant> timers = new LinkedHashMap<>();
  boolean holdStore;
  private long nextRequest = 1;
  private int nextOffer = 1;

  World() {
    this(ServicesConfig.defaults());
  }

  World(ServicesConfig config) {
    core = new Services(config, new SplittableRandom(7));
  }

  /** A world whose core has loaded nothing and is subscribed. */
  static World ready() {
    World world = new World();
    world.load();
    world.subscribed("framework-1");
    return world;
  }

  /** The process dies; another one loads what is stored, and subscribes. */
  void restart() {
    core = new Services(ServicesConfig.defaults(), new SplittableRandom(8));
    timers.clear();
    effects.clear();
    load();
  }

  void load() {
    handle(new ServicesCommand.Loaded(List.copyOf(store.values())));
  }

  void handle(ServicesCommand command) {
    List<ServicesEffect> now = core.handle(command, this.now);
    effects.addAll(now);
    for (ServicesEffect effect : now) {
      switch (effect) {
        case ServicesEffect.Store write -> {
          held.add(write);
          if (!holdStore) {
            releaseStore();
          }
        }
        case ServicesEffect.SetTimer set -> timers.put(set.timer(), set.at());
        case ServicesEffect.CancelTimer cancel -> timers.remove(cancel.timer());
        case ServicesEffect.SendCall call -> onCall(call.call());
        case ServicesEffect.Subscribe _,
            ServicesEffect.Answer _,
            ServicesEffect.StartHealthChecks _,
            ServicesEffect.StopHealthChecks _,
            ServicesEffect.Measure _,
            ServicesEffect.StartReadinessChecks _,
            ServicesEffect.StopReadinessChecks _,
            ServicesEffect.Announce _ -> {}
      }
    }
  }

  /** Paths of what is stored in the folders. */
  List<String> storedIn(String... folders) {
    return store.keySet().stream()
        .filter(path -> java.util.Arrays.stream(folders).anyMatch(in -> path.startsWith(in + "/")))
        .toList();
  }

  void releaseStore() {
    while (!held.isEmpty()) {
      ServicesEffect.Store write = held.removeFirst();
      write.records().forEach(record -> store.put(record.path(), record));
      write.removedPaths().forEach(store::remove);
      handle(new ServicesCommand.Stored(write.write()));
    }
  }

  /** How much of a write whose outcome is never heard of has happened. */
  enum Happened {
    NOTHING,
    FIRST_RECORD,
    ALL_RECORDS,
    EVERYTHING
  }

  /** Reports the oldest write that is held back as lost. */
  void loseStore(Happened happened) {
    long write = happens(happened).write();
    handle(new ServicesCommand.StoreFailed(write, "connection lost"));
  }

  /** Carries out the oldest write that is held back, as far as that, and reports nothing. */
  ServicesEffect.Store happens(Happened happened) {
    ServicesEffect.Store write = held.removeFirst();
    List<StoredRecord> put =
        switch (happened) {
          case NOTHING -> List.of();
          case FIRST_RECORD -> write.records().stream().limit(1).toList();
          case ALL_RECORDS, EVERYTHING -> write.records();
        };
    put.forEach(record -> store.put(record.path(), record));
    if (happened == Happened.EVERYTHING) {
      write.removedPaths().forEach(store::remove);
    }
    return write;
  }

  private void onCall(Call call) {
    if (call.getType() == Call.Type.ACCEPT) {
      String offerId = call.getAccept().getOfferIds(0).getValue();
      if (offeredById.containsKey(offerId)) {
        Offered offered = java.util.Objects.requireNonNull(offeredById.remove(offerId));
        offered.by().accept(offered.offer(), call.getAccept().getOperationsList());
      }
      call.getAccept()
          .getOperationsList()
          .forEach(operation -> {
            List<TaskInfo> launched = new ArrayList<>(operation.getLaunch().getTaskInfosList());
            launched.addAll(operation.getLaunchGroup().getTaskGroup().getTasksList());
            launched.forEach(task -> tasks.put(task.getTaskId().getValue(), task));
          });
    }
  }

  /** An offer of an agent that keeps account. */
  record Offered(AgentLedger by, Offer offer) {}

  private final Map<String, Offered> offeredById = new LinkedHashMap<>();

  /** Offers all that the agent has free and may be used by the role; returns the offer's id. */
  String offer(AgentLedger agent, String role) {
    String id = "offer-" + nextOffer++;
    Offer offer = agent.offer(id, "framework-1", role);
    offeredById.put(id, new Offered(agent, offer));
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    event.getOffersBuilder().addOffers(offer);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
    return id;
  }

  /** The task ends: its agent has what it used again. */
  void end(AgentLedger agent, Instance instance, TaskState state) {
    instance.tasks().forEach(task -> agent.ended(task.taskId()));
    instance.tasks().forEach(task -> update(task.taskId(), agent.agentId(), state));
  }

  void subscribed(String frameworkId) {
    Event.Builder event = Event.newBuilder().setType(Event.Type.SUBSCRIBED);
    event
        .getSubscribedBuilder()
        .setFrameworkId(FrameworkID.newBuilder().setValue(frameworkId))
        .setHeartbeatIntervalSeconds(15);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
  }

  /** Offers an agent with ports 31000 to 31099; returns the offer's id. */
  String offer(String hostname, double cpus, double mem) {
    String id = "offer-" + nextOffer++;
    Offer.Builder offer =
        Offer.newBuilder()
            .setId(OfferID.newBuilder().setValue(id))
            .setFrameworkId(FrameworkID.newBuilder().setValue("framework-1"))
            .setAgentId(AgentID.newBuilder().setValue("agent-" + hostname))
            .setHostname(hostname);
    offer.getAllocationInfoBuilder().setRole("*");
    scalar(offer, "cpus", cpus);
    scalar(offer, "mem", mem);
    scalar(offer, "disk", 10000);
    var ports = offer.addResourcesBuilder().setName("ports").setType(Value.Type.RANGES);
    ports.getAllocationInfoBuilder().setRole("*");
    ports.getRangesBuilder().addRangeBuilder().setBegin(31000).setEnd(31099);
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    event.getOffersBuilder().addOffers(offer);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
    return id;
  }

  private static void scalar(Offer.Builder offer, String name, double amount) {
    var resource = offer.addResourcesBuilder().setName(name).setType(Value.Type.SCALAR);
    resource.getAllocationInfoBuilder().setRole("*");
    resource.getScalarBuilder().setValue(amount);
  }

  void update(Instance instance, TaskState state) {
    update(instance.taskId(), instance.placement().agentId(), state);
  }

  void update(String taskId, String agentId, TaskState state) {
    TaskStatus.Builder status =
        TaskStatus.newBuilder()
            .setState(state)
            .setMessage("because")
            .setUuid(ByteString.copyFromUtf8("uuid"));
    status.getTaskIdBuilder().setValue(taskId);
    status.getAgentIdBuilder().setValue(agentId);
    Event.Builder event = Event.newBuilder().setType(Event.Type.UPDATE);
    event.getUpdateBuilder().setStatus(status);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
  }

  void allRunning(AppId app) {
    for (Instance instance : instances(app)) {
      if (instance.wanted() && !instance.isRunning()) {
        instance
            .tasks()
            .forEach(task ->
                update(task.taskId(), instance.placement().agentId(), TaskState.TASK_RUNNING));
      }
    }
  }

  /** Moves time, firing what is due on the way. */
  void pass(Duration duration) {
    Instant end = now.plus(duration);
    while (true) {
      Optional<Map.Entry<ServicesTimer, Instant>> due =
          timers.entrySet().stream()
              .filter(entry -> !entry.getValue().isAfter(end))
              .min(Map.Entry.comparingByValue());
      if (due.isEmpty()) {
        now = end;
        return;
      }
      ServicesTimer timer = due.get().getKey();
      now = due.get().getValue().isAfter(now) ? due.get().getValue() : now;
      timers.remove(timer);
      handle(new ServicesCommand.TimerFired(timer));
    }
  }

  ApiAnswer create(AppDefinition app) {
    return ask(Asks.create(nextRequest, app, false));
  }

  ApiAnswer change(AppDefinition app, boolean force) {
    Optional<Instant> expected =
        Optional.ofNullable(core.snapshot().specs().get(app.id()))
            .map(view -> view.spec().version());
    return ask(Asks.all(nextRequest, List.of(Asks.put(app, expected)), force));
  }

  ApiAnswer delete(AppId app) {
    return ask(Asks.delete(nextRequest, app, true));
  }

  ApiAnswer ask(ServicesCommand command) {
    long request = nextRequest++;
    handle(command);
    return answer(request).orElseThrow(() -> new AssertionError("no answer to " + command));
  }

  long nextRequest() {
    return nextRequest;
  }

  Optional<ApiAnswer> answer(long request) {
    return effects.stream()
        .filter(ServicesEffect.Answer.class::isInstance)
        .map(ServicesEffect.Answer.class::cast)
        .filter(answer -> answer.request() == request)
        .map(ServicesEffect.Answer::answer)
        .findFirst();
  }

  List<Call> calls(Call.Type type) {
    return effects.stream()
        .filter(ServicesEffect.SendCall.class::isInstance)
        .map(effect -> ((ServicesEffect.SendCall) effect).call())
        .filter(call -> call.getType() == type)
        .toList();
  }

  List<String> killed() {
    return calls(Call.Type.KILL).stream()
        .map(call -> call.getKill().getTaskId().getValue())
        .distinct()
        .toList();
  }

  ServicesSnapshot.SpecView view(AppId app) {
    ServicesSnapshot.SpecView view = core.snapshot().specs().get(app);
    return java.util.Objects.requireNonNull(view, "view of " + app);
  }

  List<Instance> instances(AppId app) {
    return view(app).instances().stream().map(ServicesSnapshot.InstanceView::instance).toList();
  }

  List<Deployment> deployments() {
    return core.snapshot().deployments().stream()
        .map(ServicesSnapshot.DeploymentView::deployment)
        .toList();
  }
}
