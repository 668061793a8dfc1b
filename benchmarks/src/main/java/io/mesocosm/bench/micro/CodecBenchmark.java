package io.mesocosm.bench.micro;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An ACCEPT with one task as it comes in, and a status update as it goes out. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class CodecBenchmark {
  private final Call accept =
      Call.newBuilder()
          .setType(Call.Type.ACCEPT)
          .setFrameworkId(FrameworkID.newBuilder().setValue("5bd1f7b0-framework-0000"))
          .setAccept(
              Call.Accept.newBuilder()
                  .addOfferIds(OfferID.newBuilder().setValue("5bd1f7b0-O1"))
                  .addOperations(
                      Offer.Operation.newBuilder()
                          .setType(Offer.Operation.Type.LAUNCH)
                          .setLaunch(Offer.Operation.Launch.newBuilder().addTaskInfos(task()))))
          .build();
  private final Event update =
      Event.newBuilder()
          .setType(Event.Type.UPDATE)
          .setUpdate(
              Event.Update.newBuilder()
                  .setStatus(
                      TaskStatus.newBuilder()
                          .setTaskId(TaskID.newBuilder().setValue("task-1"))
                          .setAgentId(AgentID.newBuilder().setValue("5bd1f7b0-S1"))
                          .setState(TaskState.TASK_RUNNING)
                          .setTimestamp(1.5e9)
                          .setUuid(ByteString.copyFrom(new byte[16]))))
          .build();
  private final byte[] acceptJson = MediaType.JSON.encode(accept);
  private final byte[] acceptBinary = MediaType.PROTOBUF.encode(accept);
  private final byte[] updateBinary = MediaType.PROTOBUF.encode(update);

  private static TaskInfo task() {
    return TaskInfo.newBuilder()
        .setName("task")
        .setTaskId(TaskID.newBuilder().setValue("task-1"))
        .setAgentId(AgentID.newBuilder().setValue("5bd1f7b0-S1"))
        .setCommand(CommandInfo.newBuilder().setValue("sleep 100"))
        .addResources(scalar("cpus", 0.5))
        .addResources(scalar("mem", 64))
        .build();
  }

  private static Resource scalar(String name, double value) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(value))
        .build();
  }

  @Benchmark
  public Call decodeJson() throws InvalidMessageException {
    return MediaType.JSON.decode(acceptJson, Call.newBuilder()).build();
  }

  @Benchmark
  public Call decodeProtobuf() throws InvalidMessageException {
    return MediaType.PROTOBUF.decode(acceptBinary, Call.newBuilder()).build();
  }

  @Benchmark
  public Call decodeProtobufUnchecked() throws InvalidProtocolBufferException {
    return Call.parseFrom(acceptBinary);
  }

  @Benchmark
  public byte[] encodeJson() {
    return MediaType.JSON.encode(update);
  }

  @Benchmark
  public byte[] encodeProtobuf() {
    return MediaType.PROTOBUF.encode(update);
  }

  @Benchmark
  public byte[] frame() {
    return RecordIo.frame(updateBinary);
  }
}
