package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.mesosphere.mesos.rx.java.AwaitableSubscription;
import com.mesosphere.mesos.rx.java.SinkOperation;
import com.mesosphere.mesos.rx.java.SinkOperations;
import com.mesosphere.mesos.rx.java.protobuf.ProtobufMesosClientBuilder;
import com.mesosphere.mesos.rx.java.protobuf.SchedulerCalls;
import com.mesosphere.mesos.rx.java.util.UserAgentEntries;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rx.Observable;

/**
 * Mesosphere's rx client for the v1 scheduler API, unmodified, with the Mesos 1.0 messages that it
 * brings along.
 */
class ThirdPartyClientIT {
  private static final int TASKS = 10;

  // The client's threads write, the test reads.
  private final Map<String, List<TaskState>> statesByTask = new ConcurrentHashMap<>();
  private final CountDownLatch finished = new CountDownLatch(TASKS);
  private volatile FrameworkID framework = FrameworkID.getDefaultInstance();
  private int launched;

  @Test
  void anUnmodifiedClientLaunchesTenTasksAndSeesThemRunAndFinish(@TempDir Path workDir)
      throws InterruptedException {
    try (LocalCluster cluster = LocalCluster.start(workDir)) {
      AwaitableSubscription subscription =
          ProtobufMesosClientBuilder.schedulerUsingProtos()
              .mesosUri(URI.create(cluster.master() + "/api/v1/scheduler"))
              .applicationUserAgentEntry(UserAgentEntries.literal("mesocosm-system-tests", "1"))
              .subscribe(
                  SchedulerCalls.subscribe("", "user", "rx", 0L).toBuilder()
                      .clearFrameworkId()
                      .setSubscribe(subscribe())
                      .build())
              .processStream(events ->
                  events.concatMap(event -> Observable.from(answers(event))).map(Optional::of))
              .build()
              .openStream();
      assertThat(finished.await(60, TimeUnit.SECONDS)).as("states seen: %s", statesByTask).isTrue();
      subscription.unsubscribe();
    }
    assertThat(statesByTask).hasSize(TASKS);
    assertThat(statesByTask.values())
        .allSatisfy(states ->
            assertThat(states)
                .containsSubsequence(TaskState.TASK_RUNNING, TaskState.TASK_FINISHED));
  }

  private static Call.Subscribe subscribe() {
    return Call.Subscribe.newBuilder()
        .setFrameworkInfo(
            org.apache.mesos.v1.Protos.FrameworkInfo.newBuilder()
                .setUser(System.getProperty("user.name"))
                .setName("rx")
                .setFailoverTimeout(0))
        .build();
  }

  private List<SinkOperation<Call>> answers(Event event) {
    List<SinkOperation<Call>> calls = new ArrayList<>();
    switch (event.getType()) {
      case SUBSCRIBED -> framework = event.getSubscribed().getFrameworkId();
      case OFFERS ->
          event
              .getOffers()
              .getOffersList()
              .forEach(offer -> calls.add(SinkOperations.create(accept(offer))));
      case UPDATE -> {
        TaskStatus status = event.getUpdate().getStatus();
        calls.add(
            SinkOperations.create(
                SchedulerCalls.ackUpdate(
                    framework, status.getUuid(), status.getAgentId(), status.getTaskId())));
        statesByTask
            .computeIfAbsent(
                status.getTaskId().getValue(),
                _ -> new java.util.concurrent.CopyOnWriteArrayList<>())
            .add(status.getState());
        if (status.getState() == TaskState.TASK_FINISHED) {
          finished.countDown();
        }
      }
      default -> {
        // heartbeats and what newer masters add are nothing to this scheduler
      }
    }
    return calls;
  }

  /**
   * As many tasks as are still to be launched, all on the first offer; an empty list of operations
   * declines.
   */
  private Call accept(Offer offer) {
    Offer.Operation.Launch.Builder launch = Offer.Operation.Launch.newBuilder();
    while (launched < TASKS) {
      launched++;
      launch.addTaskInfos(
          TaskInfo.newBuilder()
              .setName("rx")
              .setTaskId(TaskID.newBuilder().setValue("rx-" + launched))
              .setAgentId(offer.getAgentId())
              .addResources(scalar("cpus", 0.01))
              .addResources(scalar("mem", 8))
              .setCommand(CommandInfo.newBuilder().setShell(true).setValue("echo done")));
    }
    return Call.newBuilder()
        .setType(Call.Type.ACCEPT)
        .setFrameworkId(framework)
        .setAccept(
            Call.Accept.newBuilder()
                .addOfferIds(offer.getId())
                .addOperations(
                    Offer.Operation.newBuilder()
                        .setType(Offer.Operation.Type.LAUNCH)
                        .setLaunch(launch)))
        .build();
  }

  private static Resource scalar(String name, double value) {
    return Resource.newBuilder()
        .setName(name)
        .setRole("*")
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(value))
        .build();
  }
}
