package io.mesocosm.agent.shell;

import com.google.protobuf.ByteString;
import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/**
 * A program that speaks the executor API in JSON: says of each task that it runs, of those whose
 * data are {@code finish} that they have finished, and echoes messages. For a framework that
 * checkpoints it comes back to an agent that was gone.
 */
public final class SmallExecutor {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI agent =
      URI.create("http://" + System.getenv("MESOS_AGENT_ENDPOINT") + "/api/v1/executor");

  // Not acknowledged yet: what a restarted agent has to be told.
  private final Map<TaskID, TaskInfo> tasks = new LinkedHashMap<>();
  private final Map<ByteString, Call.Update> updates = new LinkedHashMap<>();

  private SmallExecutor() {}

  public static void main(String[] arguments) throws Exception {
    new SmallExecutor().run();
  }

  private void run() throws Exception {
    boolean reconnects = "1".equals(System.getenv("MESOS_CHECKPOINT"));
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    boolean subscribed = true;
    while (subscribed || (reconnects && System.nanoTime() < deadline)) {
      try {
        subscribed = true;
        if (listen()) {
          return;
        }
      } catch (IOException e) {
        subscribed = false;
        if (!reconnects) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  /**
   * @return whether the agent wants the executor to end
   */
  private boolean listen() throws Exception {
    Call.Subscribe.Builder content = Call.Subscribe.newBuilder();
    tasks.values().forEach(content::addUnacknowledgedTasks);
    updates.values().forEach(content::addUnacknowledgedUpdates);
    byte[] subscribe =
        MediaType.JSON.encode(call(Call.Type.SUBSCRIBE).setSubscribe(content).build());
    String json = MediaType.JSON.contentType();
    try (RecordStream stream =
        RecordStream.open(client, agent, json, json, subscribe, Map.of(), Duration.ofSeconds(20))) {
      if (stream.status() != 200) {
        throw new IOException("the agent answered " + stream.status() + ": " + stream.text());
      }
      Optional<byte[]> record = stream.next();
      while (record.isPresent()) {
        Event event = MediaType.JSON.decode(record.get(), Event.newBuilder()).build();
        if (event.getType() == Event.Type.SHUTDOWN) {
          return true;
        }
        handle(event);
        record = stream.next();
      }
    }
    return false;
  }

  private void handle(Event event) throws Exception {
    if (event.getType() == Event.Type.LAUNCH) {
      TaskID id = event.getLaunch().getTask().getTaskId();
      tasks.put(id, event.getLaunch().getTask());
      update(id, TaskState.TASK_RUNNING);
      if (event.getLaunch().getTask().getData().toStringUtf8().equals("finish")) {
        update(id, TaskState.TASK_FINISHED);
      }
    } else if (event.getType() == Event.Type.ACKNOWLEDGED) {
      tasks.remove(event.getAcknowledged().getTaskId());
      updates.remove(event.getAcknowledged().getUuid());
    } else if (event.getType() == Event.Type.KILL) {
      update(event.getKill().getTaskId(), TaskState.TASK_KILLED);
    } else if (event.getType() == Event.Type.MESSAGE) {
      post(
          call(Call.Type.MESSAGE)
              .setMessage(Call.Message.newBuilder().setData(event.getMessage().getData())));
    }
  }

  private void update(TaskID id, TaskState state) throws Exception {
    UUID uuid = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(16).putLong(uuid.getMostSignificantBits());
    bytes.putLong(uuid.getLeastSignificantBits()).flip();
    Call.Update update =
        Call.Update.newBuilder()
            .setStatus(
                TaskStatus.newBuilder()
                    .setTaskId(id)
                    .setState(state)
                    .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
                    .setUuid(ByteString.copyFrom(bytes)))
            .build();
    updates.put(update.getStatus().getUuid(), update);
    post(call(Call.Type.UPDATE).setUpdate(update));
  }

  private static Call.Builder call(Call.Type type) {
    return Call.newBuilder()
        .setType(type)
        .setFrameworkId(FrameworkID.newBuilder().setValue(System.getenv("MESOS_FRAMEWORK_ID")))
        .setExecutorId(ExecutorID.newBuilder().setValue(System.getenv("MESOS_EXECUTOR_ID")));
  }

  private void post(Call.Builder call) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(agent)
            .header("Content-Type", MediaType.JSON.contentType())
            .POST(HttpRequest.BodyPublishers.ofByteArray(MediaType.JSON.encode(call.build())))
            .build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 202) {
      throw new IllegalStateException("the agent answered " + status);
    }
  }
}
