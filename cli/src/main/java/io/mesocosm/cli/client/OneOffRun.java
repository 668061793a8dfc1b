package io.mesocosm.cli.client;

import io.mesocosm.framework.SchedulerClient;
import io.mesocosm.framework.SchedulerClientOptions;
import io.mesocosm.framework.SchedulerListener;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.TaskStates;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A scheduler of one task: takes the first offer that fits, copies what the task prints, and tears
 * itself down.
 */
final class OneOffRun implements SchedulerListener {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Api master;
  private final OneOffTask task;
  // The client's thread adds, the command's thread takes.
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  OneOffRun(Api master, OneOffTask task) {
    this.master = master;
    this.task = task;
  }

  @Override
  public void onEvent(Event event) {
    events.add(event);
  }

  @Override
  public void onDisconnected(String reason) {
    // The client subscribes again by itself; a master that stays away shows as the time-out.
  }

  /** Runs the task to its end and returns its exit code, or 1 if it never got to exit. */
  int execute(Duration offerTimeout, PrintWriter out, PrintWriter err) {
    master.get("/version"); // a cluster that is not there is said at once, not after the time-out
    FrameworkInfo.Builder framework =
        FrameworkInfo.newBuilder()
            .setName("cosm run " + task.command().getFirst())
            .setUser(System.getProperty("user.name"))
            .addRoles("*")
            .addCapabilities(
                FrameworkInfo.Capability.newBuilder()
                    .setType(FrameworkInfo.Capability.Type.MULTI_ROLE))
            .addCapabilities(
                FrameworkInfo.Capability.newBuilder()
                    .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE));
    if (!master.principal().isEmpty()) {
      framework.setPrincipal(master.principal());
    }
    SchedulerClientOptions options =
        new SchedulerClientOptions(
            List.of(master.base()),
            framework.build(),
            List.of(),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            MediaType.PROTOBUF,
            master.access());
    try (SchedulerClient client = SchedulerClient.start(options, this)) {
      Thread tearDown = new Thread(() -> tearDown(client), "tear-down");
      Runtime.getRuntime().addShutdownHook(tearDown); // Ctrl-C ends the task, too
      try {
        return follow(client, offerTimeout, out, err);
      } finally {
        Runtime.getRuntime().removeShutdownHook(tearDown);
        tearDown(client);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private int follow(
      SchedulerClient client, Duration offerTimeout, PrintWriter out, PrintWriter err)
      throws InterruptedException {
    Offer offer = awaitOffer(client, offerTimeout);
    TaskInfo info = task.on(offer.getAgentId());
    client.send(
        Call.newBuilder()
            .setType(Call.Type.ACCEPT)
            .setAccept(
                Call.Accept.newBuilder()
                    .addOfferIds(offer.getId())
                    .addOperations(
                        Offer.Operation.newBuilder()
                            .setType(Offer.Operation.Type.LAUNCH)
                            .setLaunch(Offer.Operation.Launch.newBuilder().addTaskInfos(info))))
            .build());
    client.send(Call.newBuilder().setType(Call.Type.SUPPRESS).build());
    Api agent =
        master.neighbor("agent", offer.getHostname() + ":" + offer.getUrl().getAddress().getPort());
    FollowedOutput output =
        new FollowedOutput(
            sandboxFile(agent, offer, info, "stdout"),
            sandboxFile(agent, offer, info, "stderr"),
            out,
            err);

    boolean running = false;
    while (true) {
      Event event = events.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
      if (event != null && event.getType() == Event.Type.UPDATE) {
        TaskStatus status = event.getUpdate().getStatus();
        acknowledge(client, status);
        running |= status.getState() == TaskState.TASK_RUNNING;
        if (TaskStates.isTerminal(status.getState())) {
          if (running) {
            output.finish();
          }
          return exitCode(status, err);
        }
      } else if (event != null && event.getType() == Event.Type.ERROR) {
        throw CommandFailure.failed("the master refused: " + event.getError().getMessage());
      }
      if (running && !output.copy()) {
        SandboxFile.pause(); // nobody is there to be asked: not again at once
      }
    }
  }

  private static SandboxFile sandboxFile(Api agent, Offer offer, TaskInfo task, String name) {
    return new SandboxFile(
        agent, offer.getFrameworkId().getValue(), task.getTaskId().getValue(), name);
  }

  private Offer awaitOffer(SchedulerClient client, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int seen = 0;
    while (true) {
      Event event = events.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (event == null) {
        String offers =
            seen == 0 ? "no offer came" : seen + " offers came and none was large enough";
        throw CommandFailure.failed(
            "no agent had "
                + task.needs()
                + " free within "
                + timeout.toSeconds()
                + " s ("
                + offers
                + "): ask for less, or see cosm node list");
      }
      if (event.getType() == Event.Type.ERROR) {
        throw CommandFailure.failed("the master refused: " + event.getError().getMessage());
      }
      if (event.getType() == Event.Type.OFFERS) {
        Offer fitting = null;
        Call.Decline.Builder others = Call.Decline.newBuilder();
        for (Offer offer : event.getOffers().getOffersList()) {
          seen++;
          if (fitting == null && task.fits(offer)) {
            fitting = offer;
          } else {
            others.addOfferIds(offer.getId());
          }
        }
        if (others.getOfferIdsCount() > 0) {
          client.send(Call.newBuilder().setType(Call.Type.DECLINE).setDecline(others).build());
        }
        if (fitting != null) {
          return fitting;
        }
      }
    }
  }

  private static void acknowledge(SchedulerClient client, TaskStatus status) {
    if (status.hasUuid()) {
      client.send(
          Call.newBuilder()
              .setType(Call.Type.ACKNOWLEDGE)
              .setAcknowledge(
                  Call.Acknowledge.newBuilder()
                      .setAgentId(status.getAgentId())
                      .setTaskId(status.getTaskId())
                      .setUuid(status.getUuid()))
              .build());
    }
  }

  private static void tearDown(SchedulerClient client) {
    client.send(Call.newBuilder().setType(Call.Type.TEARDOWN).build());
  }

  /**
   * The exit code stands in the message only: Mesos has no field for it
   * (contracts/mesos-executor-api.md C7).
   */
  private static int exitCode(TaskStatus status, PrintWriter err) {
    if (status.getState() == TaskState.TASK_FINISHED) {
      return 0;
    }
    String message = status.getMessage();
    int code = trailingNumber(message, "exited with status ");
    if (code >= 0) {
      return code;
    }
    int signal = trailingNumber(message, "terminated with signal ");
    if (signal >= 0) {
      err.println("cosm: the task was killed by signal " + signal);
      return 128 + signal;
    }
    err.println("cosm: " + status.getState() + (message.isEmpty() ? "" : ": " + message));
    return 1;
  }

  private static int trailingNumber(String message, String before) {
    int at = message.indexOf(before);
    if (at < 0) {
      return -1;
    }
    String digits = message.substring(at + before.length()).replaceAll("[^0-9].*", "");
    return digits.isEmpty() ? -1 : Integer.parseInt(digits);
  }
}
