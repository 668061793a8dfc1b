package io.mesocosm.master;

import static io.mesocosm.master.Launches.executor;
import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.launchGroup;
import static io.mesocosm.master.Launches.task;
import static io.mesocosm.master.ResourceMessages.called;
import static io.mesocosm.master.ResourceMessages.createVolumes;
import static io.mesocosm.master.ResourceMessages.destroy;
import static io.mesocosm.master.ResourceMessages.grow;
import static io.mesocosm.master.ResourceMessages.reserve;
import static io.mesocosm.master.ResourceMessages.reserved;
import static io.mesocosm.master.ResourceMessages.shared;
import static io.mesocosm.master.ResourceMessages.shrink;
import static io.mesocosm.master.ResourceMessages.unreserve;
import static io.mesocosm.master.ResourceMessages.volume;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.TaskStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in whatever order, nothing throws and no agent is handed out twice. */
class RandomCommandsTest {
  private static final int STEPS = 4000;
  private static final List<String> ODD_IDS =
      List.of("", ".", "..", "a/b", "\\", "\u0000", "x".repeat(256), "ü", "m-O0", "m-S0", "m-0000");
  private static final List<String> ROLES =
      List.of("web", "db", "web/front", "*", "", "-x", "a//b");

  /** Those that are well-formed without a body; no other comes past the shell without one. */
  private static final List<Call.Type> BARE_CALLS =
      List.of(
          Call.Type.REVIVE,
          Call.Type.REVIVE,
          Call.Type.REVIVE,
          Call.Type.SUPPRESS,
          Call.Type.TEARDOWN,
          Call.Type.UNKNOWN,
          Call.Type.SUBSCRIBE);

  private static final List<TaskState> STATES = List.of(TaskState.values());

  private static final class Run {
    private final Random random;
    private final Cluster cluster;
    private final List<FakeScheduler> schedulers = new ArrayList<>();
    private final List<FakeAgent> agents = new ArrayList<>();
    private final List<Offer> offers = new ArrayList<>();
    private final List<TaskStatus> statuses = new ArrayList<>();
    private final List<OperationStatus> operationStatuses = new ArrayList<>();
    private IdentityHashMap<TaskInfo, TaskState> states = new IdentityHashMap<>();
    private final boolean storesSlowly;
    private boolean stalls;
    private int tasks;

    Run(long seed, boolean storesSlowly) {
      random = new Random(seed);
      this.storesSlowly = storesSlowly;
      if (storesSlowly) {
        cluster = new Cluster(config -> new Cluster.Config().removalRate("1/5mins").of(config));
        cluster.holdStores();
      } else {
        cluster = new Cluster();
      }
    }

    /** Writes end after a while; now and then one fails, and may have happened. */
    private void storeSomething() {
      stalls = storesSlowly && random.nextInt(stalls ? 30 : 60) == 0 ? !stalls : stalls;
      while (storesSlowly && !stalls && !cluster.storesHeld().isEmpty() && random.nextInt(3) > 0) {
        if (random.nextInt(12) == 0) {
          cluster.failStore(random);
        } else {
          cluster.answerStore(random);
        }
      }
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private String oddId() {
      return any(ODD_IDS);
    }

    private AgentID anyAgentId() {
      return random.nextInt(5) == 0
          ? AgentID.newBuilder().setValue(oddId()).build()
          : any(agents).id();
    }

    private String anyTask() {
      return random.nextInt(10) == 0 ? oddId() : "t" + random.nextInt(tasks + 1);
    }

    private List<Offer> someOffers() {
      List<Offer> some = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0 && !offers.isEmpty(); i--) {
        some.add(offers.get(offers.size() - 1 - random.nextInt(Math.min(6, offers.size()))));
      }
      if (random.nextInt(20) == 0) {
        some.add(Offer.newBuilder().setId(OfferID.newBuilder().setValue(oddId())).buildPartial());
      }
      return some;
    }

    private TaskInfo.Builder someTask() {
      String id = random.nextInt(15) == 0 ? anyTask() : "t" + tasks++;
      AgentID agent =
          offers.isEmpty() || random.nextInt(10) == 0
              ? anyAgentId()
              : offers.getLast().getAgentId();
      TaskInfo.Builder task = task(id, agent, random.nextInt(15) / 10.0, random.nextInt(300));
      if (random.nextInt(3) == 0) {
        long port = 30999 + random.nextInt(12);
        task.addResources(Launches.ports(port, port + random.nextInt(3)));
      }
      if (random.nextInt(12) == 0) {
        task.addResources(Launches.ports(1, 2).toBuilder().setName("cpus"));
      }
      if (random.nextInt(5) == 0) {
        task.addResources(random.nextBoolean() ? someVolume() : shared(someVolume()));
      }
      return task;
    }

    private Resource someVolume() {
      return volume(any(ROLES.subList(0, 2)), "v" + random.nextInt(2), 10 + 5 * random.nextInt(2));
    }

    private Resource someReservation() {
      return reserved(
          any(ROLES.subList(0, 3)), any(List.of("cpus", "mem", "disk")), 1 + random.nextInt(20));
    }

    private Offer.Operation someConversion() {
      Offer.Operation operation =
          switch (random.nextInt(8)) {
            case 0 -> unreserve(someReservation());
            case 1 -> createVolumes(someVolume());
            case 2 -> destroy(someVolume());
            case 3 -> grow(someVolume(), someReservation());
            case 4 -> shrink(someVolume(), random.nextInt(12));
            case 5 -> createVolumes(shared(someVolume()));
            default -> reserve(someReservation(), someReservation());
          };
      return random.nextInt(3) == 0 ? called("o" + random.nextInt(9), operation) : operation;
    }

    private Offer.Operation someOperation() {
      return switch (random.nextInt(7)) {
        case 4, 5, 6 -> someConversion();
        case 0 -> launch(someTask(), someTask());
        case 1 -> launchGroup(executor("e" + random.nextInt(3), 0.1), someTask(), someTask());
        case 2 ->
            launch(
                someTask()
                    .clearCommand()
                    .setExecutor(
                        executor("e" + random.nextInt(3), 0.1)
                            .clearType()
                            .addResources(Launches.ports(31000, 31000 + random.nextInt(2)))
                            .setCommand(
                                org.apache.mesos.v1.Protos.CommandInfo.newBuilder()
                                    .setValue("run"))));
        default -> launch(someTask());
      };
    }

    private void subscribe() {
      FrameworkInfo.Builder info =
          random.nextBoolean()
              ? Cluster.framework(any(ROLES), "web")
              : Cluster.partitionAware(any(ROLES.subList(0, 4)))
                  .addCapabilities(
                      Cluster.capability(FrameworkInfo.Capability.Type.SHARED_RESOURCES))
                  .addCapabilities(
                      Cluster.capability(FrameworkInfo.Capability.Type.RESERVATION_REFINEMENT));
      info.setFailoverTimeout(random.nextInt(200));
      if (random.nextInt(3) == 0 && !schedulers.isEmpty()) {
        info.setId(any(schedulers).id);
      } else if (random.nextInt(10) == 0) {
        info.setId(FrameworkID.newBuilder().setValue(oddId()));
      }
      FakeScheduler scheduler =
          random.nextInt(5) == 0 ? cluster.subscribe(info, any(ROLES)) : cluster.subscribe(info);
      if (!scheduler.id.getValue().isEmpty()) {
        schedulers.add(scheduler);
      }
    }

    private void agentReturns() {
      FakeAgent agent = any(agents);
      agent.running.clear();
      agent.frameworks.clear();
      for (MasterSnapshot.FrameworkView view : cluster.snapshot().frameworks().values()) {
        List<MasterSnapshot.TaskView> known = new ArrayList<>(view.tasks());
        known.addAll(view.unreachableTasks());
        for (MasterSnapshot.TaskView task : known) {
          if (task.agent().value().equals(agent.id().getValue()) && random.nextInt(3) > 0) {
            TaskState state = random.nextInt(4) == 0 ? any(STATES) : TaskState.TASK_RUNNING;
            agent.running.add(
                io.mesocosm.protocol.link.LinkProtos.RunningTask.newBuilder()
                    .setFrameworkId(view.info().getId())
                    .setTask(task.info())
                    .setLatestState(state)
                    .build());
          }
        }
        agent.frameworks.add(view.info());
      }
      agent.subscribe();
    }

    /** Mostly one that is connected. */
    private FakeScheduler anyScheduler() {
      List<FakeScheduler> connected =
          schedulers.stream()
              .filter(scheduler -> !cluster.closed.contains(scheduler.stream))
              .filter(scheduler ->
                  cluster.snapshot().frameworks().values().stream()
                      .anyMatch(view -> view.info().getId().equals(scheduler.id)))
              .toList();
      return connected.isEmpty() || random.nextInt(8) == 0 ? any(schedulers) : any(connected);
    }

    /** An operation on something that is in the offer. */
    private Offer.Operation fitting(Offer offer) {
      String role = offer.getAllocationInfo().getRole();
      Resource resource = any(offer.getResourcesList());
      Offer.Operation operation;
      if (resource.getDisk().hasPersistence()) {
        operation = random.nextBoolean() ? destroy(resource) : shrink(resource, 1);
      } else if (resource.getReservationsCount() == 0) {
        operation = reserve(reserved(role, "disk", 30), reserved(role, "cpus", 0.25));
      } else if (resource.getName().equals("disk") && random.nextInt(3) > 0) {
        Resource volume = volume(role, "v" + random.nextInt(2), 10 + 5 * random.nextInt(2));
        operation = createVolumes(random.nextInt(4) == 0 ? shared(volume) : volume);
      } else {
        operation = unreserve(resource);
      }
      return random.nextInt(3) == 0 ? called("o" + random.nextInt(9), operation) : operation;
    }

    /** Takes an offer that stands, as a real scheduler would. */
    private void launchSomething(FakeScheduler scheduler) {
      List<Offer> standing =
          offers.stream()
              .filter(offer -> offer.getFrameworkId().equals(scheduler.id))
              .filter(offer ->
                  cluster.snapshot().frameworks().values().stream()
                      .flatMap(view -> view.offers().stream())
                      .anyMatch(held -> held.id().value().equals(offer.getId().getValue())))
              .toList();
      if (!standing.isEmpty()) {
        Offer offer = any(standing);
        offers.remove(offer);
        offers.add(offer); // its agent is the one that tasks are made for
        Offer.Operation first = random.nextInt(3) == 0 ? fitting(offer) : someOperation();
        scheduler.accept(List.of(offer), random.nextInt(3), first, someOperation());
      }
    }

    /** An update of a task that runs. */
    private void updateSomething() {
      List<MasterSnapshot.TaskView> running =
          cluster.snapshot().frameworks().values().stream()
              .flatMap(view -> view.tasks().stream())
              .toList();
      if (running.isEmpty()) {
        return;
      }
      MasterSnapshot.TaskView task = any(running);
      for (FakeAgent agent : agents) {
        for (FakeScheduler scheduler : schedulers) {
          if (agent.id().getValue().equals(task.agent().value())
              && scheduler.id.getValue().equals(task.framework().value())) {
            statuses.add(agent.update(scheduler, task.id().value(), any(STATES)));
            scheduler.acknowledge(random.nextBoolean() ? statuses.getLast() : any(statuses));
            return;
          }
        }
      }
    }

    private void schedulerStep(FakeScheduler scheduler) {
      switch (random.nextInt(18)) {
        case 16 -> operationsAreAcknowledged(scheduler);
        case 17 ->
            scheduler.call(
                Call.newBuilder()
                    .setType(Call.Type.RECONCILE_OPERATIONS)
                    .setReconcileOperations(
                        Call.ReconcileOperations.newBuilder()
                            .addOperations(
                                Call.ReconcileOperations.Operation.newBuilder()
                                    .setAgentId(anyAgentId())
                                    .setOperationId(
                                        OperationID.newBuilder()
                                            .setValue("o" + random.nextInt(9))))));
        case 12, 13, 14, 15 -> launchSomething(scheduler);
        case 0, 1, 2, 3 -> scheduler.accept(someOffers(), random.nextInt(8), someOperation());
        case 4 -> scheduler.decline(random.nextInt(8) - 1, someOffers().toArray(Offer[]::new));
        case 5 -> scheduler.kill(anyTask());
        case 6 ->
            scheduler.reconcile(
                Call.Reconcile.Task.newBuilder()
                    .setTaskId(Launches.id(anyTask()))
                    .setAgentId(anyAgentId()));
        case 7 -> scheduler.call(any(BARE_CALLS));
        case 8 ->
            scheduler.acknowledge(
                anyTask(), anyAgentId(), ByteString.copyFromUtf8("0000000000000001"));
        case 9 -> scheduler.update(Cluster.framework(any(ROLES)));
        default -> {
          if (!statuses.isEmpty()) {
            scheduler.acknowledge(any(statuses));
          }
        }
      }
    }

    private void agentStep(FakeAgent agent) {
      FakeScheduler scheduler = any(schedulers);
      switch (random.nextInt(4)) {
        case 0 -> agent.exited(scheduler, "e" + random.nextInt(3), random.nextInt(256));
        case 1 -> agent.message(scheduler, "e0", "up");
        case 2 -> {
          if (!agent.operations.isEmpty() && !cluster.closed.contains(agent.stream)) {
            agent.failOperation();
          }
        }
        default -> agent.tellOperations();
      }
    }

    private void operationsAreAcknowledged(FakeScheduler scheduler) {
      for (OperationStatus status : operationStatuses) {
        if (status.hasUuid()) {
          scheduler.call(
              Call.newBuilder()
                  .setType(Call.Type.ACKNOWLEDGE_OPERATION_STATUS)
                  .setAcknowledgeOperationStatus(
                      Call.AcknowledgeOperationStatus.newBuilder()
                          .setAgentId(status.getAgentId())
                          .setUuid(status.getUuid().getValue())
                          .setOperationId(status.getOperationId())));
        }
      }
      operationStatuses.clear();
    }

    private void step() {
      storeSomething();
      int die = random.nextInt(100);
      if (schedulers.isEmpty() || die < 4) {
        subscribe();
      } else if (agents.size() < 3 || die < 5) {
        agents.add(cluster.registerAgent("host" + random.nextInt(5), 4, 1024));
      } else if (die < 8) {
        any(schedulers).disconnect();
      } else if (die < 10) {
        any(agents).disconnect();
      } else if (die < 15) {
        agentReturns();
      } else if (die < 16) {
        any(agents).unregister();
      } else if (die < 20) {
        agentStep(any(agents));
      } else if (die < 37) {
        cluster.advance(Duration.ofMillis(random.nextInt(die == 20 ? 100_000 : 2000)));
      } else if (die < 60) {
        if (random.nextInt(4) == 0) {
          statuses.add(any(agents).update(any(schedulers), anyTask(), any(STATES)));
        } else {
          updateSomething();
        }
      } else {
        schedulerStep(anyScheduler());
      }
      schedulers.forEach(scheduler -> scheduler.events().forEach(this::read));
      checkEndsAreFinal();
    }

    /** What has ended does not live again. */
    private void checkEndsAreFinal() {
      IdentityHashMap<TaskInfo, TaskState> now = new IdentityHashMap<>();
      for (MasterSnapshot.FrameworkView view : cluster.snapshot().frameworks().values()) {
        for (MasterSnapshot.TaskView task : view.tasks()) {
          TaskState before = states.get(task.info());
          assertThat(before != null && TaskStates.isTerminal(before) && before != task.state())
              .as("%s was %s and is %s", task.id(), before, task.state())
              .isFalse();
          now.put(task.info(), task.state());
        }
      }
      states = now;
    }

    private void read(Event event) {
      offers.addAll(event.getOffers().getOffersList());
      if (event.hasUpdateOperationStatus()) {
        operationStatuses.add(event.getUpdateOperationStatus().getStatus());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void booksStayInOrder(long seed) {
    Run run = new Run(seed, false);
    for (int i = 0; i < STEPS; i++) {
      run.step();
    }
    assertThat(run.cluster.counts)
        .containsKeys(
            "master/tasks_launched",
            "master/offers_rescinded",
            "master/operations/finished",
            "master/operations/error");
    assertThat(run.cluster.counts.get("master/tasks_launched")).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 4, 5, 6})
  void booksStayInOrderWhileTheRegistryIsSlowAndFails(long seed) {
    Run run = new Run(seed, true);
    for (int i = 0; i < STEPS; i++) {
      run.step();
    }
    assertThat(run.cluster.counts)
        .containsKeys(
            "master/tasks_launched",
            "master/slave_unreachable_completed",
            "master/slave_unreachable_canceled",
            "master/slave_removals/reason_unregistered");
    run.cluster.answerStores();
    run.cluster.advance(Duration.ofSeconds(10)); // what failed is tried again
    run.cluster.answerStores();
    for (MasterSnapshot.AgentView agent : run.cluster.snapshot().agents().values()) {
      if (agent.connected()) {
        assertThat(run.cluster.stored)
            .containsKey("admitted/" + agent.id())
            .doesNotContainKey("unreachable/" + agent.id());
      }
    }
    run.cluster
        .snapshot()
        .decisions()
        .unreachableAgents()
        .keySet()
        .forEach(id ->
            assertThat(run.cluster.stored)
                .containsKey("unreachable/" + id)
                .doesNotContainKey("admitted/" + id));
  }
}
