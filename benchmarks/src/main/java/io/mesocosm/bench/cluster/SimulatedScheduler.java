package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mesocosm.bench.Samples;
import io.mesocosm.bench.wire.CallPool;
import io.mesocosm.bench.wire.EventStream;
import io.mesocosm.bench.wire.Loop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A scheduler that fills every offer with tasks, over the v1 scheduler API in protobuf. Of the
 * loop's thread, but for what says otherwise.
 */
public final class SimulatedScheduler implements EventStream.Listener {
  private static final String PATH = "/api/v1/scheduler";
  private static final int BATCH_CALLS_MAX = 2000;
  private static final int BATCH_BYTES_MAX = 4 << 20;
  private static final long RETRY_NANOS = 50_000_000;
  private static final double LONG_SECONDS = 1_000_000;
  private static final CommandInfo COMMAND =
      CommandInfo.newBuilder().setShell(true).setValue("sleep 3600").build();

  /** What is done with offers. */
  public enum Manner {
    /** Every slot offered gets a task. */
    LAUNCH,
    /** Refused for good. */
    DECLINE
  }

  private final Loop loop;
  private InetSocketAddress master;
  private AgentFleet fleet;
  private CallPool pool;
  private Witness witness = Witness.BLIND;
  private final boolean wantsBatches;
  private final Deque<Call> calls = new ArrayDeque<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final Samples freeToOfferNanos = new Samples();
  private final Progress subscriptions = new Progress("subscriptions of the scheduler");
  private final Progress callsAnswered = new Progress("calls answered");
  private final String name;
  private FrameworkID id = FrameworkID.getDefaultInstance();
  private Manner manner = Manner.DECLINE;
  private Optional<EventStream> stream = Optional.empty();
  private String headers = "";
  private boolean batches;
  private boolean closed;
  private long tasksNamed;
  private int keptFree;

  /** Counts the tries to subscribe: one that waits and is overtaken by another is not made. */
  private long tries;

  /**
   * @param plainLanes how many calls are under way at one time where they do not travel together
   */
  public SimulatedScheduler(
      Loop loop,
      InetSocketAddress master,
      AgentFleet fleet,
      String name,
      boolean wantsBatches,
      int plainLanes) {
    this.loop = loop;
    this.master = master;
    this.fleet = fleet;
    this.name = name;
    this.wantsBatches = wantsBatches;
    this.pool = new CallPool(loop, master, plainLanes);
    for (int lane = 0; lane < plainLanes; lane++) {
      lanes.add(new Lane());
    }
  }

  /** Subscribes, and does so again whenever the stream ends; does this with offers. */
  public void connect(Manner first) {
    manner = first;
    connect();
  }

  /** Who is told of what happens to the scheduler. */
  void tell(Witness newWitness) {
    witness = newWitness;
  }

  /** What is done with offers from now on. */
  public void from(Manner newManner) {
    manner = newManner;
  }

  /** Leaves room for so many tasks on every agent. */
  public void keepFree(int slotsPerAgent) {
    keptFree = slotsPerAgent;
  }

  /** Another master leads: subscribes there, at once. */
  public void leaderIs(InetSocketAddress leader) {
    master = leader;
    stream.ifPresent(EventStream::close);
    stream = Optional.empty();
    pool.close();
    pool = new CallPool(loop, leader, lanes.size());
    calls.clear();
    lanes.replaceAll(_ -> new Lane());
    connect();
  }

  /** Asks how these tasks are. */
  public void reconcile(Map<TaskID, AgentID> tasks) {
    Call.Reconcile.Builder question = Call.Reconcile.newBuilder();
    tasks.forEach((task, agent) ->
        question.addTasks(Call.Reconcile.Task.newBuilder().setTaskId(task).setAgentId(agent)));
    call(Call.newBuilder().setType(Call.Type.RECONCILE).setReconcile(question));
  }

  private void connect() {
    tries++;
    FrameworkInfo.Builder info =
        FrameworkInfo.newBuilder()
            .setUser("root")
            .setName(name)
            .addRoles(name)
            .setFailoverTimeout(LONG_SECONDS)
            .setCheckpoint(true)
            .addCapabilities(
                FrameworkInfo.Capability.newBuilder()
                    .setType(FrameworkInfo.Capability.Type.MULTI_ROLE))
            .addCapabilities(
                FrameworkInfo.Capability.newBuilder()
                    .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE));
    Call.Builder call = Call.newBuilder().setType(Call.Type.SUBSCRIBE);
    if (!id.getValue().isEmpty()) {
      info.setId(id);
      call.setFrameworkId(id);
    }
    try {
      stream =
          Optional.of(
              EventStream.open(
                  loop,
                  master,
                  PATH,
                  call.setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(info))
                      .build()
                      .toByteArray(),
                  this));
    } catch (IOException e) {
      ended(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void opened(EventStream opened) {
    batches = wantsBatches && opened.header("mesocosm-batch").isPresent();
    headers =
        "Host: master\r\nContent-Type: application/x-protobuf\r\nMesos-Stream-Id: "
            + opened.header("mesos-stream-id").orElse("")
            + (batches ? "\r\nMesocosm-Batch: records\r\n" : "\r\n");
  }

  /** From now on the offers are of these agents. */
  void serve(AgentFleet newFleet) {
    fleet = newFleet;
  }

  /** Whether several calls travel in one request. */
  public boolean batches() {
    return batches;
  }

  @Override
  public void record(ByteBuffer bytes) throws IOException {
    Event event = Event.parseFrom(bytes);
    switch (event.getType()) {
      case SUBSCRIBED -> {
        id = event.getSubscribed().getFrameworkId();
        subscriptions.add();
        witness.schedulerSubscribed();
      }
      case OFFERS -> offered(event.getOffers().getOffersList());
      case UPDATE -> updated(event.getUpdate().getStatus());
      case ERROR -> trouble("the master says: " + event.getError().getMessage());
      case FAILURE -> trouble("the master says: " + event.getFailure());
      default -> {}
    }
  }

  private void offered(List<Offer> offers) {
    long now = System.nanoTime();
    List<Offer> unwanted = new ArrayList<>();
    witness.offered(offers);
    for (Offer offer : offers) {
      int slots = Shapes.slots(offer.getResourcesList());
      if (slots > 0) {
        fleet
            .agent(offer.getAgentId().getValue())
            .map(SimulatedAgent::takeFreedAtNanos)
            .filter(at -> at != 0)
            .ifPresent(at -> freeToOfferNanos.add(now - at));
      }
      if (manner == Manner.LAUNCH && slots > keptFree) {
        accept(offer, slots - keptFree);
      } else {
        unwanted.add(offer);
      }
    }
    if (!unwanted.isEmpty()) {
      Call.Decline.Builder decline =
          Call.Decline.newBuilder().setFilters(Filters.newBuilder().setRefuseSeconds(LONG_SECONDS));
      unwanted.forEach(offer -> decline.addOfferIds(offer.getId()));
      call(Call.newBuilder().setType(Call.Type.DECLINE).setDecline(decline));
    }
  }

  /** What is left over is refused for good: what a task frees later is more than that. */
  private void accept(Offer offer, int slots) {
    Offer.Operation.Launch.Builder launch = Offer.Operation.Launch.newBuilder();
    for (int slot = 0; slot < slots; slot++) {
      launch.addTaskInfos(
          TaskInfo.newBuilder()
              .setName("task")
              .setTaskId(TaskID.newBuilder().setValue(name + "-" + tasksNamed++))
              .setAgentId(offer.getAgentId())
              .setCommand(COMMAND)
              .addAllResources(Shapes.TASK));
    }
    call(
        Call.newBuilder()
            .setType(Call.Type.ACCEPT)
            .setAccept(
                Call.Accept.newBuilder()
                    .addOfferIds(offer.getId())
                    .setFilters(Filters.newBuilder().setRefuseSeconds(LONG_SECONDS))
                    .addOperations(
                        Offer.Operation.newBuilder()
                            .setType(Offer.Operation.Type.LAUNCH)
                            .setLaunch(launch))));
  }

  private void updated(TaskStatus status) {
    witness.updated(status);
    if (!status.hasUuid()) {
      if (status.getReason() == TaskStatus.Reason.REASON_RECONCILIATION) {
        return;
      }
      trouble("an update of the master's own: " + status.getState() + " " + status.getMessage());
      return;
    }
    call(
        Call.newBuilder()
            .setType(Call.Type.ACKNOWLEDGE)
            .setAcknowledge(
                Call.Acknowledge.newBuilder()
                    .setAgentId(status.getAgentId())
                    .setTaskId(status.getTaskId())
                    .setUuid(status.getUuid())));
  }

  /** Asks for offers of all that is free, and does this with them. */
  public void revive(Manner newManner) {
    manner = newManner;
    call(Call.newBuilder().setType(Call.Type.REVIVE));
  }

  public void suppress() {
    call(Call.newBuilder().setType(Call.Type.SUPPRESS));
  }

  private void call(Call.Builder call) {
    calls.add(call.setFrameworkId(id).build());
    for (Lane lane : lanes) {
      if (!lane.busy) {
        lane.busy = true;
        pool.ready(lane);
        return;
      }
    }
  }

  public Samples freeToOfferNanos() {
    return freeToOfferNanos;
  }

  public Progress subscriptions() {
    return subscriptions;
  }

  public Progress callsAnswered() {
    return callsAnswered;
  }

  public List<String> troubles() {
    return List.copyOf(troubles);
  }

  private void trouble(String what) {
    if (troubles.size() < 10) {
      troubles.add(what);
    }
  }

  @Override
  public void ended(String reason) {
    if (!closed) {
      trouble("the stream ended: " + reason);
      long failed = tries;
      loop.after(
          RETRY_NANOS,
          () -> {
            if (!closed && tries == failed) {
              connect();
            }
          });
    }
  }

  public void close() {
    closed = true;
    stream.ifPresent(EventStream::close);
    pool.close();
  }

  /** Of calls that may overtake one another; one lane alone keeps their order. */
  private final class Lane implements CallPool.Caller {
    private boolean busy;
    private int underWay;

    @Override
    public Optional<CallPool.Call> next() {
      if (calls.isEmpty() || closed) {
        busy = false;
        return Optional.empty();
      }
      byte[] body;
      if (batches) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        underWay = 0;
        while (!calls.isEmpty() && underWay < BATCH_CALLS_MAX && records.size() < BATCH_BYTES_MAX) {
          byte[] record = calls.remove().toByteArray();
          records.writeBytes((record.length + "\n").getBytes(US_ASCII));
          records.writeBytes(record);
          underWay++;
        }
        body = records.toByteArray();
      } else {
        underWay = 1;
        body = calls.remove().toByteArray();
      }
      return Optional.of(new CallPool.Call(PATH, headers, body));
    }

    @Override
    public void answered(int status, String body) {
      for (int call = 0; call < underWay; call++) {
        callsAnswered.add();
      }
      if (status != 202) {
        trouble("a call was answered " + status + " " + body);
      }
    }

    @Override
    public void failed(String reason) {
      busy = false;
      trouble("a call failed: " + reason);
    }
  }
}
