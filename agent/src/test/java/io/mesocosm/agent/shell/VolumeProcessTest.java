package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A persistent volume from its creation to its end, with real processes and files. */
class VolumeProcessTest {
  private static final FrameworkID FRAMEWORK = FrameworkID.newBuilder().setValue("m-0000").build();

  @TempDir Path folder;

  @Test
  void whatOneTaskWritesTheNextOneReads() throws Exception {
    try (FakeMaster master = new FakeMaster();
        ProcessContainerizer containerizer = new ProcessContainerizer(folder.resolve("state"));
        AgentProcess agent = start(master, containerizer)) {
      assertThat(agent.awaitRegistered(Duration.ofSeconds(20))).isTrue();
      Path data = folder.resolve("work/volumes/roles/db/v1");

      // The task is sent at once: it has to wait for its volume.
      master.send(apply("create", Offer.Operation.Type.CREATE));
      master.send(run("writer", "echo written > data/file"));
      assertThat(endOf(master)).isEqualTo(TaskState.TASK_FINISHED);
      assertThat(data.resolve("file")).hasContent("written");

      master.send(run("reader", "grep written data/file"));
      assertThat(endOf(master)).isEqualTo(TaskState.TASK_FINISHED);

      master.send(apply("destroy", Offer.Operation.Type.DESTROY));
      assertThat(
              master
                  .next(LinkCall.Type.UPDATE_OPERATION)
                  .getUpdateOperation()
                  .getStatus()
                  .getState())
          .isEqualTo(OperationState.OPERATION_FINISHED);
      assertThat(Files.exists(data)).isFalse();
    }
  }

  private AgentProcess start(FakeMaster master, ProcessContainerizer containerizer)
      throws Exception {
    return AgentProcess.start(
        AgentOptions.parse(
            List.of(
                "--master=" + master.address(),
                "--ip=127.0.0.1",
                "--port=0",
                "--work_dir=" + folder.resolve("work"),
                "--containerizers=mesos",
                "--resources=cpus:2;mem:512;disk(db):1000",
                "--no-switch_user")),
        new Containerizers(Optional.of(containerizer), Optional.empty()),
        InstantSource.system(),
        new SplittableRandom(1),
        crash -> {
          throw new AssertionError("the agent broke a rule of its state", crash);
        });
  }

  private static TaskState endOf(FakeMaster master) throws Exception {
    TaskState state = TaskState.TASK_STAGING;
    while (state == TaskState.TASK_STAGING
        || state == TaskState.TASK_STARTING
        || state == TaskState.TASK_RUNNING) {
      state = master.nextStatus().getState();
    }
    return state;
  }

  private static LinkEvent apply(String uuid, Offer.Operation.Type type) {
    Offer.Operation.Builder operation = Offer.Operation.newBuilder().setType(type);
    if (type == Offer.Operation.Type.CREATE) {
      operation.getCreateBuilder().addVolumes(volume());
    } else {
      operation.getDestroyBuilder().addVolumes(volume());
    }
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.APPLY_OPERATION)
        .setApplyOperation(
            LinkEvent.ApplyOperation.newBuilder()
                .setOperationUuid(ByteString.copyFromUtf8(uuid))
                .setOperation(operation))
        .build();
  }

  private static LinkEvent run(String id, String command) {
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName(id)
            .setTaskId(TaskID.newBuilder().setValue(id))
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setCommand(CommandInfo.newBuilder().setValue(command))
            .addResources(volume())
            .build();
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.RUN_TASKS)
        .setRunTasks(
            LinkEvent.RunTasks.newBuilder()
                .setFrameworkInfo(
                    FrameworkInfo.newBuilder().setId(FRAMEWORK).setName("f").setUser("u"))
                .addTasks(task))
        .build();
  }

  private static Resource volume() {
    Resource.Builder volume =
        Resource.newBuilder()
            .setName("disk")
            .setType(Value.Type.SCALAR)
            .setScalar(Value.Scalar.newBuilder().setValue(100))
            .addReservations(
                Resource.ReservationInfo.newBuilder()
                    .setType(Resource.ReservationInfo.Type.STATIC)
                    .setRole("db"));
    volume.getDiskBuilder().getPersistenceBuilder().setId("v1");
    volume
        .getDiskBuilder()
        .setVolume(Volume.newBuilder().setContainerPath("data").setMode(Volume.Mode.RW));
    return volume.build();
  }
}
