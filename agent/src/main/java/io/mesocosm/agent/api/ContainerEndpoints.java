package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.MesosJson;
import java.time.Duration;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ResourceStatistics;
import org.apache.mesos.v1.agent.Protos.Call;
import org.apache.mesos.v1.agent.Protos.Response.GetContainers;

/**
 * Containers and what they use: {@code /containers}, {@code /monitor/statistics}, {@code
 * /containerizer/debug} (contracts/mesos-operator-api.md §7) and GET_CONTAINERS (§3).
 */
final class ContainerEndpoints {
  private static final double BYTES_PER_MEGABYTE = 1 << 20;
  private static final Duration STATISTICS_INTERVAL = Duration.ofMillis(500);
  private static final Duration STATISTICS_WAIT_MAX = Duration.ofSeconds(10);

  private final AgentFacts facts;
  private final ProcessUsage usage;
  private final Pace statisticsPace = new Pace(STATISTICS_INTERVAL, STATISTICS_WAIT_MAX);

  ContainerEndpoints(AgentFacts facts, ProcessUsage usage) {
    this.facts = facts;
    this.usage = usage;
  }

  /** {@code /containers}: those of executors alone. */
  Response containers(Request request) {
    Visible visible = facts.visible(request);
    visible.requireEndpoint("/containers");
    Optional<String> id = request.queryValue("container_id");
    Optional<String> framework = request.queryValue("framework_id");
    Optional<String> executor = request.queryValue("executor_id");
    if (id.isPresent() && (framework.isPresent() || executor.isPresent())
        || executor.isPresent() && framework.isEmpty()) {
      throw HttpException.text(
          400,
          "Expecting container_id, or framework_id, or framework_id and executor_id in query\n");
    }
    JsonWriter json = new JsonWriter().beginArray();
    for (Containers.Container container : Containers.of(facts.snapshot(), visible, false)) {
      boolean wanted =
          isOrAbsent(id, container.id().getValue())
              && isOrAbsent(framework, container.framework().getId().getValue())
              && isOrAbsent(executor, container.executor().id().value());
      if (wanted) {
        begin(container, json).field("container_id", container.id().getValue());
        MesosJson.write(container.status(), json.name("status"));
        statistics(container)
            .ifPresent(statistics -> MesosJson.write(statistics, json.name("statistics")));
        json.endObject();
      }
    }
    return Jsonp.response(request, json.endArray());
  }

  /** {@code /monitor/statistics}: without those of which nothing is known; two a second. */
  Response statistics(Request request) throws InterruptedException {
    Visible visible = facts.visible(request);
    visible.requireEndpoint("/monitor/statistics");
    Thread.sleep(
        statisticsPace
            .reserve(facts.clock().instant())
            .orElseThrow(() ->
                HttpException.text(
                    503,
                    "more than "
                        + STATISTICS_WAIT_MAX.toSeconds()
                        + " s of requests wait for /monitor/statistics: ask less often than twice a"
                        + " second\n")));
    JsonWriter json = new JsonWriter().beginArray();
    for (Containers.Container container : Containers.of(facts.snapshot(), visible, false)) {
      statistics(container)
          .ifPresent(statistics -> {
            begin(container, json);
            MesosJson.write(statistics, json.name("statistics"));
            json.endObject();
          });
    }
    return Jsonp.response(request, json.endArray());
  }

  /** {@code /containerizer/debug}: the containers that engines have not started yet. */
  Response debug(Request request) {
    Visible visible = facts.visible(request);
    visible.requireEndpoint("/containerizer/debug");
    JsonWriter json = new JsonWriter().beginObject().name("pending").beginArray();
    Containers.of(facts.snapshot(), visible, true).stream()
        .filter(Containers::isStarting)
        .forEach(container -> {
          json.beginObject().field("operation", "launch").name("args").beginObject();
          MesosJson.write(container.id(), json.name("containerId"));
          json.endObject().endObject();
        });
    return Jsonp.response(request, json.endArray().endObject());
  }

  GetContainers message(Call.GetContainers wish, Visible visible) {
    AgentSnapshot snapshot = facts.snapshot();
    GetContainers.Builder reply = GetContainers.newBuilder();
    for (Containers.Container container : Containers.of(snapshot, visible, wish.getShowNested())) {
      GetContainers.Container.Builder shown =
          reply
              .addContainersBuilder()
              .setFrameworkId(container.framework().getId())
              .setExecutorName(container.executor().name())
              .setContainerId(container.id())
              .setContainerStatus(container.status());
      shown.getExecutorIdBuilder().setValue(container.executor().id().value());
      statistics(container).ifPresent(shown::setResourceStatistics);
    }
    return reply.build();
  }

  private Optional<ResourceStatistics> statistics(Containers.Container container) {
    return usage
        .of(container.processes())
        .map(used -> {
          Resources limit = container.resources();
          return ResourceStatistics.newBuilder()
              .setTimestamp(used.at().toEpochMilli() / 1e3)
              .setProcesses(used.processes())
              .setThreads(used.threads())
              .setCpusUserTimeSecs(used.userSeconds())
              .setCpusSystemTimeSecs(used.systemSeconds())
              .setCpusLimit(limit.scalar("cpus").toDouble())
              .setMemLimitBytes((long) (limit.scalar("mem").toDouble() * BYTES_PER_MEGABYTE))
              .setMemRssBytes(used.memoryBytes())
              .build();
        });
  }

  private static JsonWriter begin(Containers.Container container, JsonWriter json) {
    return json.beginObject()
        .field("framework_id", container.framework().getId().getValue())
        .field("executor_id", container.executor().id().value())
        .field("executor_name", container.executor().name())
        .field("source", container.executor().source());
  }

  private static boolean isOrAbsent(Optional<String> wanted, String value) {
    return wanted.isEmpty() || wanted.get().equals(value);
  }
}
