package io.mesocosm.master;

import static io.mesocosm.master.Launches.executor;
import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.launchGroup;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in whatever order, nothing throws and no agent is handed out twice. */
class RandomCommandsTest {
  private static final int STEPS = 3000;
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
    private final Cluster cluster = new Cluster();
    private final List<FakeScheduler> schedulers = new ArrayList<>();
    private final List<FakeAgent> agents = new ArrayList<>();
    private final List<Offer> offers = new ArrayList<>();
    private final List<TaskStatus> statuses = new ArrayList<>();
    private int tasks;

    Run(long seed) {
      random = new Random(seed);
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
      return task;
    }

    private Offer.Operation someOperation() {
      return switch (random.nextInt(4)) {
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
              : Cluster.partitionAware(any(ROLES.subList(0, 4)));
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
        scheduler.accept(List.of(offer), random.nextInt(3), someOperation(), someOperation());
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
      switch (random.nextInt(16)) {
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

    private void step() {
      int die = random.nextInt(100);
      if (schedulers.isEmpty() || die < 4) {
        subscribe();
      } else if (agents.size() < 3 || die < 5) {
        agents.add(cluster.registerAgent("host" + random.nextInt(5), 4, 1024));
      } else if (die < 8) {
        any(schedulers).disconnect();
      } else if (die < 11) {
        any(agents).disconnect();
      } else if (die < 15) {
        agentReturns();
      } else if (die < 16) {
        any(agents).unregister();
      } else if (die < 35) {
        cluster.advance(Duration.ofMillis(random.nextInt(die == 16 ? 100_000 : 2000)));
      } else if (die < 60) {
        if (random.nextInt(4) == 0) {
          statuses.add(any(agents).update(any(schedulers), anyTask(), any(STATES)));
        } else {
          updateSomething();
        }
      } else {
        schedulerStep(anyScheduler());
      }
      schedulers.forEach(scheduler ->
          scheduler.events().forEach(event -> offers.addAll(event.getOffers().getOffersList())));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void booksStayInOrder(long seed) {
    Run run = new Run(seed);
    for (int i = 0; i < STEPS; i++) {
      run.step();
    }
    assertThat(run.cluster.counts)
        .containsKeys("master/tasks_launched", "master/tasks_finished", "master/offers_rescinded");
    assertThat(run.cluster.counts.get("master/tasks_launched")).isGreaterThan(50);
  }
}
