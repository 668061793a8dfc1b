package io.mesocosm.simulation.cluster;

import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.simulation.invariant.ClusterView;
import io.mesocosm.simulation.world.Host;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A plain scheduler that runs each of its tasks once, under an id of its own, and remembers all it
 * was told. What it knows outlives its process, so that it can bear witness.
 */
final class OneOffScheduler {
  /** Names the framework over all its lives. */
  static final String SCHEDULER = "one-offs";

  static final String ROLE = "batch";

  private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(2);
  private static final double CPUS = 0.5;
  private static final double MEMORY = 64;

  private static final class Task {
    private final String id;
    private TaskState state = TaskState.TASK_STAGING;
    private String agent = "";
    private boolean launched;
    private boolean killed;

    Task(String id) {
      this.id = id;
    }

    boolean isOver() {
      return TaskStates.isTerminal(state) || state == TaskState.TASK_UNKNOWN;
    }
  }

  private final World world;
  private final Host host;
  private final Masters masters;
  private final TaskLives lives;
  private final Map<String, Task> tasks = new TreeMap<>();
  private final Deque<Task> pending = new ArrayDeque<>();
  private FrameworkInfo framework =
      FrameworkInfo.newBuilder()
          .setUser("root")
          .setName(SCHEDULER)
          .addRoles(ROLE)
          .setCheckpoint(true)
          .setFailoverTimeout(Duration.ofDays(7).toSeconds())
          .addCapabilities(capability(FrameworkInfo.Capability.Type.MULTI_ROLE))
          .addCapabilities(capability(FrameworkInfo.Capability.Type.PARTITION_AWARE))
          .addCapabilities(capability(FrameworkInfo.Capability.Type.TASK_KILLING_STATE))
          .build();
  private Optional<Life> life = Optional.empty();
  private int submitted;

  OneOffScheduler(World world, Masters masters, TaskLives lives) {
    this.world = world;
    this.host = new Host(world.simulation(), "batch");
    this.masters = masters;
    this.lives = lives;
  }

  private static FrameworkInfo.Capability capability(FrameworkInfo.Capability.Type type) {
    return FrameworkInfo.Capability.newBuilder().setType(type).build();
  }

  Host host() {
    return host;
  }

  void start() {
    if (life.isEmpty()) {
      world.note(() -> host.name() + ": the scheduler's process starts");
      Life begun = new Life();
      life = Optional.of(begun);
      begun.link.subscribe(framework);
      begun.reconcileLater();
    }
  }

  void kill() {
    life.ifPresent(running -> {
      world.note(() -> host.name() + ": the scheduler's process dies");
      life = Optional.empty();
      running.link.end();
      world.network().down(host.name());
    });
  }

  /** One more task, which ends by itself. */
  void submit(Duration lasts, int exitCode) {
    Task task = new Task("once-" + submitted++);
    lives.plan(task.id, new TaskLives.Life(lasts, exitCode));
    tasks.put(task.id, task);
    pending.add(task);
    life.ifPresent(Life::askForOffers);
  }

  /** Ends one of those under way. */
  void killSome(int which) {
    List<Task> live =
        tasks.values().stream().filter(task -> task.launched && !task.isOver()).toList();
    if (!live.isEmpty()) {
      Task task = live.get(Math.floorMod(which, live.size()));
      task.killed = true;
      life.ifPresent(running -> running.kill(task));
    }
  }

  /** By id. */
  List<ClusterView.OneOff> tasks() {
    return tasks.values().stream()
        .map(task -> new ClusterView.OneOff(task.id, task.launched, task.state, !task.isOver()))
        .toList();
  }

  private final class Life implements SchedulerLink.Listener {
    private final SchedulerLink link = new SchedulerLink(world, host, masters, this);
    private boolean subscribed;

    private boolean isCurrent() {
      return life.filter(now -> now == this).isPresent();
    }

    @Override
    public void event(Event event) {
      if (!isCurrent()) {
        return;
      }
      world.note(() -> host.name() + " <- " + Lines.of(event));
      switch (event.getType()) {
        case SUBSCRIBED -> {
          subscribed = true;
          framework = framework.toBuilder().setId(event.getSubscribed().getFrameworkId()).build();
          reconcile();
          askForOffers();
        }
        case OFFERS -> event.getOffers().getOffersList().forEach(this::offered);
        case UPDATE -> updated(event.getUpdate().getStatus());
        case UNKNOWN,
            INVERSE_OFFERS,
            RESCIND,
            RESCIND_INVERSE_OFFER,
            UPDATE_OPERATION_STATUS,
            MESSAGE,
            FAILURE,
            ERROR,
            HEARTBEAT -> {
          // A launch on an offer that is gone comes back as an update.
        }
      }
    }

    @Override
    public void disconnected(String reason) {
      subscribed = false;
    }

    void askForOffers() {
      if (subscribed) {
        send(Call.newBuilder().setType(pending.isEmpty() ? Call.Type.SUPPRESS : Call.Type.REVIVE));
      }
    }

    private void send(Call.Builder call) {
      Call built = call.build();
      world.note(() -> host.name() + " -> " + Lines.of(built));
      link.send(built);
    }

    private void offered(Offer offer) {
      double cpus = scalar(offer, "cpus");
      double memory = scalar(offer, "mem");
      Call.Builder call = Call.newBuilder();
      Offer.Operation.Launch.Builder launch = Offer.Operation.Launch.newBuilder();
      while (!pending.isEmpty() && cpus >= CPUS && memory >= MEMORY) {
        Task task = pending.remove();
        task.launched = true;
        task.agent = offer.getAgentId().getValue();
        launch.addTaskInfos(info(task, offer));
        cpus -= CPUS;
        memory -= MEMORY;
      }
      if (launch.getTaskInfosCount() == 0) {
        call.setType(Call.Type.DECLINE).getDeclineBuilder().addOfferIds(offer.getId());
      } else {
        call.setType(Call.Type.ACCEPT)
            .getAcceptBuilder()
            .addOfferIds(offer.getId())
            .addOperations(
                Offer.Operation.newBuilder()
                    .setType(Offer.Operation.Type.LAUNCH)
                    .setLaunch(launch));
      }
      send(call);
      if (pending.isEmpty()) {
        askForOffers();
      }
    }

    private void updated(TaskStatus status) {
      world.invariants().schedulerTold(SCHEDULER, status);
      Task task = tasks.get(status.getTaskId().getValue());
      if (task != null && !TaskStates.isTerminal(task.state)) {
        task.state = status.getState();
      }
      if (status.hasUuid()) {
        Call.Builder call = Call.newBuilder().setType(Call.Type.ACKNOWLEDGE);
        call.getAcknowledgeBuilder()
            .setAgentId(status.getAgentId())
            .setTaskId(status.getTaskId())
            .setUuid(status.getUuid());
        send(call);
      }
    }

    void kill(Task task) {
      if (subscribed) {
        Call.Builder call = Call.newBuilder().setType(Call.Type.KILL);
        call.getKillBuilder().setTaskId(TaskID.newBuilder().setValue(task.id));
        send(call);
      }
    }

    void reconcileLater() {
      host.after(
          RECONCILE_INTERVAL,
          () -> {
            if (isCurrent()) {
              reconcile();
              reconcileLater();
            }
          });
    }

    /** Asks for what may have got lost, and asks again for what was asked. */
    private void reconcile() {
      List<Task> open =
          tasks.values().stream()
              .filter(task -> task.launched && !TaskStates.isTerminal(task.state))
              .toList();
      if (!subscribed || open.isEmpty()) {
        return;
      }
      Call.Builder call = Call.newBuilder().setType(Call.Type.RECONCILE);
      for (Task task : open) {
        call.getReconcileBuilder()
            .addTasksBuilder()
            .setTaskId(TaskID.newBuilder().setValue(task.id))
            .getAgentIdBuilder()
            .setValue(task.agent);
      }
      send(call);
      open.stream().filter(task -> task.killed).forEach(this::kill);
    }
  }

  private static double scalar(Offer offer, String name) {
    return offer.getResourcesList().stream()
        .filter(resource -> resource.getName().equals(name))
        .mapToDouble(resource -> resource.getScalar().getValue())
        .sum();
  }

  private static TaskInfo info(Task task, Offer offer) {
    return TaskInfo.newBuilder()
        .setName(task.id)
        .setTaskId(TaskID.newBuilder().setValue(task.id))
        .setAgentId(offer.getAgentId())
        .addAllResources(NEEDS)
        .setCommand(CommandInfo.newBuilder().setValue("work"))
        .build();
  }

  private static final List<Resource> NEEDS =
      ResourceMapping.toProto(ResourceText.parse("cpus:" + CPUS + ";mem:" + MEMORY, "*")).stream()
          .map(resource ->
              resource.toBuilder()
                  .setAllocationInfo(Resource.AllocationInfo.newBuilder().setRole(ROLE))
                  .build())
          .toList();
}
