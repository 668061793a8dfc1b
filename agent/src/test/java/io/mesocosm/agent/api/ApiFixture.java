package io.mesocosm.agent.api;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.agent.ExecutorPhase;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.http.Filter;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceText;
import io.mesocosm.protocol.access.AccessListJson;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;

/**
 * An agent's API over a snapshot that stands still: alice's command task {@code web} that runs,
 * bob's pod with one task, his executor {@code own} with one task that waits, and alice's framework
 * that is over. Requests say whose they are by the header {@code As}.
 */
final class ApiFixture {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Handler handler;

  private ApiFixture(Handler handler) {
    this.handler = handler;
  }

  static ApiFixture open() {
    return of(Authorizer.PERMISSIVE);
  }

  /** Guarded by an access list in JSON. */
  static ApiFixture guarded(String accessList) throws InvalidMessageException {
    return of(AccessListJson.parse(accessList));
  }

  /** Over another snapshot. */
  static ApiFixture showing(AgentSnapshot snapshot) {
    return of(snapshot, Authorizer.PERMISSIVE);
  }

  private static ApiFixture of(Authorizer authorizer) {
    return of(snapshot(), authorizer);
  }

  private static ApiFixture of(AgentSnapshot snapshot, Authorizer authorizer) {
    Filter whoever =
        (request, next) ->
            next.handle(
                request.header("As").map(name -> request.from(Principal.of(name))).orElse(request));
    return new ApiFixture(
        AgentApi.handler(
            facts(Path.of("/work"), snapshot, authorizer),
            whoever,
            new ExecutorApi(_ -> {
              throw new AssertionError("no executor calls here");
            })));
  }

  static AgentFacts facts(Path workDir, AgentSnapshot snapshot, Authorizer authorizer) {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname("node")
            .setPort(5051)
            .setDomain(
                DomainInfo.newBuilder()
                    .setFaultDomain(
                        DomainInfo.FaultDomain.newBuilder()
                            .setRegion(DomainInfo.FaultDomain.RegionInfo.newBuilder().setName("r"))
                            .setZone(DomainInfo.FaultDomain.ZoneInfo.newBuilder().setName("z"))))
            .build();
    return new AgentFacts(
        AgentConfig.of(info, "10.0.0.1", workDir.toString()),
        new TreeMap<>(Map.of("port", "5051")),
        NOW.minusSeconds(60),
        InstantSource.fixed(NOW),
        () -> snapshot,
        () -> new FetchCounts(11, 12),
        13,
        Duration.ofMillis(1_500),
        authorizer);
  }

  static AgentSnapshot snapshot() {
    FrameworkInfo alice = framework("m-0000", "alice");
    FrameworkInfo bob = framework("m-0001", "bob");
    FrameworkInfo over = framework("m-0002", "alice");
    return new AgentSnapshot(
        Optional.of(new AgentId("m-S0")),
        true,
        List.of(
            new AgentSnapshot.Framework(alice, List.of(web()), List.of()),
            new AgentSnapshot.Framework(bob, List.of(own(), pod()), List.of())),
        List.of(new AgentSnapshot.Framework(over, List.of(), List.of(done()))),
        resources("cpus:4;mem:1024;cpus(team):2"),
        List.of(reservation()),
        Optional.of(
            new AgentSnapshot.Drain(
                DrainConfig.newBuilder().setMarkGone(true).build(), NOW.minusSeconds(30))),
        new AgentSnapshot.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  }

  private static FrameworkInfo framework(String id, String user) {
    return FrameworkInfo.newBuilder()
        .setId(FrameworkID.newBuilder().setValue(id))
        .setName(id)
        .setUser(user)
        .build();
  }

  private static AgentSnapshot.Executor web() {
    return executor(
        "web",
        Optional.empty(),
        "m-0000",
        false,
        Optional.empty(),
        List.of(task("web", "c-web", "", AgentSnapshot.Stage.LAUNCHED)),
        List.of());
  }

  private static AgentSnapshot.Executor pod() {
    ExecutorInfo info =
        info("pod").toBuilder().setType(ExecutorInfo.Type.DEFAULT).clearCommand().build();
    return executor(
        "pod",
        Optional.of(info),
        "m-0001",
        false,
        Optional.empty(),
        List.of(
            task("inner", "c-inner", "", AgentSnapshot.Stage.LAUNCHED),
            task("ended", "c-ended", "", AgentSnapshot.Stage.TERMINATED)),
        List.of());
  }

  private static AgentSnapshot.Executor own() {
    return executor(
        "own",
        Optional.of(info("own")),
        "m-0001",
        true,
        Optional.empty(),
        List.of(task("waiting", "c-own", "carol", AgentSnapshot.Stage.QUEUED)),
        List.of());
  }

  private static AgentSnapshot.Executor done() {
    return executor(
        "done",
        Optional.empty(),
        "m-0002",
        false,
        Optional.empty(),
        List.of(),
        List.of(task("done", "c-done", "", AgentSnapshot.Stage.TERMINATED)));
  }

  private static ExecutorInfo info(String id) {
    return ExecutorInfo.newBuilder()
        .setExecutorId(ExecutorID.newBuilder().setValue(id))
        .setType(ExecutorInfo.Type.CUSTOM)
        .setCommand(CommandInfo.newBuilder().setValue("./run"))
        .addResources(cpus(0.1))
        .build();
  }

  private static AgentSnapshot.Executor executor(
      String id,
      Optional<ExecutorInfo> info,
      String framework,
      boolean custom,
      Optional<StartedContainer> container,
      List<AgentSnapshot.Task> tasks,
      List<AgentSnapshot.Task> completed) {
    return new AgentSnapshot.Executor(
        new ExecutorId(id),
        "name of " + id,
        "source of " + id,
        info,
        new ContainerId("c-" + id),
        "/work/slaves/m-S0/frameworks/" + framework + "/executors/" + id + "/runs/c-" + id,
        custom ? ExecutorPhase.REGISTERING : ExecutorPhase.RUNNING,
        custom,
        container,
        tasks,
        completed);
  }

  /** What runs is this very process. */
  private static AgentSnapshot.Task task(
      String id, String container, String user, AgentSnapshot.Stage stage) {
    CommandInfo.Builder command = CommandInfo.newBuilder().setValue("sleep 1");
    if (!user.isEmpty()) {
      command.setUser(user);
    }
    TaskState state =
        switch (stage) {
          case QUEUED -> TaskState.TASK_STAGING;
          case LAUNCHED -> TaskState.TASK_RUNNING;
          case TERMINATED -> TaskState.TASK_FINISHED;
        };
    TaskID taskId = TaskID.newBuilder().setValue(id).build();
    return new AgentSnapshot.Task(
        TaskInfo.newBuilder()
            .setName("name of " + id)
            .setTaskId(taskId)
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setCommand(command)
            .addResources(cpus(0.5))
            .putLimits("cpus", Value.Scalar.newBuilder().setValue(1.5).build())
            .putLimits("mem", Value.Scalar.newBuilder().setValue(Double.POSITIVE_INFINITY).build())
            .build(),
        new ContainerId(container),
        "/work/sandbox-of-" + id,
        stage == AgentSnapshot.Stage.LAUNCHED
            ? Optional.of(
                new StartedContainer(
                    new ContainerId(container),
                    OptionalLong.of(ProcessHandle.current().pid()),
                    Optional.of("172.17.0.2"),
                    Optional.empty()))
            : Optional.empty(),
        stage,
        state,
        List.of(TaskStatus.newBuilder().setTaskId(taskId).setState(state).build()));
  }

  private static Resource cpus(double amount) {
    return Resource.newBuilder()
        .setName("cpus")
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .setAllocationInfo(Resource.AllocationInfo.newBuilder().setRole("dev"))
        .build();
  }

  private static Resources resources(String text) {
    return ResourceText.parse(text, "*");
  }

  private static LinkCall.UpdateOperation reservation() {
    LinkCall.UpdateOperation.Builder operation =
        LinkCall.UpdateOperation.newBuilder()
            .setOperationUuid(ByteString.copyFromUtf8("0123456789abcdef"))
            .setStatus(
                OperationStatus.newBuilder().setState(OperationState.OPERATION_FINISHED).build());
    operation
        .getOperationBuilder()
        .setType(org.apache.mesos.v1.Protos.Offer.Operation.Type.RESERVE)
        .getReserveBuilder()
        .addResources(
            cpus(2).toBuilder()
                .clearAllocationInfo()
                .addReservations(
                    Resource.ReservationInfo.newBuilder()
                        .setType(Resource.ReservationInfo.Type.DYNAMIC)
                        .setRole("team")));
    return operation.build();
  }

  Answer get(String path, String... headers) {
    return send("GET", path, new byte[0], headers);
  }

  Answer post(String path, String... headers) {
    return send("POST", path, new byte[0], headers);
  }

  /** A call of the v1 API in JSON. */
  Answer call(String json, String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
    all.addAll(List.of(headers));
    return send(
        "POST", "/api/v1", json.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
  }

  Answer send(String method, String pathAndQuery, byte[] body, String... headers) {
    String[] parts = pathAndQuery.split("\\?", 2);
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (parts.length > 1) {
      for (String pair : parts[1].split("&")) {
        String[] nameAndValue = pair.split("=", 2);
        query.put(nameAndValue[0], List.of(nameAndValue[1]));
      }
    }
    TreeMap<String, List<String>> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], List.of(headers[i + 1]));
    }
    Request request =
        new Request(
            method, parts[0], query, named, Map.of(), body, new InetSocketAddress("127.0.0.1", 1));
    try {
      return Answer.of(handler.handle(request));
    } catch (HttpException e) {
      return Answer.of(e.response());
    } catch (Exception e) {
      throw new AssertionError(method + " " + pathAndQuery + " failed", e);
    }
  }

  /** A whole reply. */
  record Answer(int status, String contentType, byte[] bytes) {
    static Answer of(Response response) {
      Response.Whole whole = (Response.Whole) response;
      return new Answer(
          whole.status(), whole.headers().getOrDefault("Content-Type", ""), whole.body());
    }

    String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
