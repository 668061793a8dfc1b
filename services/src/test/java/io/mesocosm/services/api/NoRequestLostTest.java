package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.event.EventStreamLimits;
import io.mesocosm.services.event.EventStreams;
import io.mesocosm.services.event.EventWriter;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.json.AppReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router that listens over real connections is never surprised by the end of an instance. */
@Timeout(60)
class NoRequestLostTest {
  private final SteppedCore core = new SteppedCore().loaded();
  private final EventStreams streams =
      new EventStreams(
          new EventWriter(() -> "master-1"),
          EventStreamLimits.USUAL,
          _ -> 0L,
          new RouterAttachment(core::handle),
          () -> SteppedCore.NOW);
  private final HttpClient client = HttpClient.newHttpClient();
  // What happened, in order, whoever did it.
  private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<String> kills = new LinkedBlockingQueue<>();
  private HttpServer server;
  private Thread master;

  @BeforeEach
  void serve() {
    core.listen(this::hear);
    ServicesApi api =
        new ServicesApi(
            core.requests(),
            new AppReader("*"),
            ServicesConfig.defaults(),
            new ServicesIdentity("marathon", "1.11.24", "http", "here", 8080, new TreeMap<>()),
            new Metrics(),
            () -> SteppedCore.NOW,
            Optional.empty(),
            streams::publish,
            streams::answer);
    server = HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), api);
    master = Thread.ofVirtual().start(this::kill);
  }

  @AfterEach
  void stop() {
    master.interrupt();
    streams.close();
    server.close();
    client.close();
  }

  private void hear(ServicesEffect effect) {
    switch (effect) {
      case ServicesEffect.Announce announce ->
          streams.publish(new ServicesEvent.Noticed(announce.notice()));
      case ServicesEffect.SendCall(Call call) when call.getType() == Call.Type.KILL -> {
        String task = call.getKill().getTaskId().getValue();
        journal.add("killed " + instance(task));
        kills.add(task);
      }
      default -> {}
    }
  }

  /** Kills what it is told to. */
  private void kill() {
    try {
      while (true) {
        core.report(kills.take(), "S-a", TaskState.TASK_KILLED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String instance(String task) {
    return InstanceId.parse(task).orElseThrow().toString();
  }

  private String url() {
    return "http://127.0.0.1:" + server.port();
  }

  private int send(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static String web(String cmd) {
    return "{'id':'/web','cmd':'"
        + cmd
        + "','instances':2,'cpus':0.1,'upgradeStrategy':{'minimumHealthCapacity':1,"
        + "'maximumOverCapacity':0.5,'waitForRouting':true}}";
  }

  private static void await(TestRouter router, String type) throws InterruptedException {
    String heard;
    do {
      heard = router.heard().poll(30, TimeUnit.SECONDS);
      assertThat(heard).as("waiting for " + type).isNotNull();
    } while (!heard.equals(type));
  }

  /** How many instances got requests at the least since the mark; checks every kill. */
  private int fewestRouted(int from) {
    List<String> routed = new ArrayList<>();
    int fewest = Integer.MAX_VALUE;
    List<String> entries = List.copyOf(journal);
    for (int i = 0; i < entries.size(); i++) {
      String instance = entries.get(i).substring(entries.get(i).indexOf(' ') + 1);
      switch (entries.get(i).substring(0, entries.get(i).indexOf(' '))) {
        case "shown" -> {
          if (!routed.contains(instance)) {
            routed.add(instance);
          }
        }
        case "removed" -> routed.remove(instance);
        default -> assertThat(routed).as("routed at " + entries.get(i)).doesNotContain(instance);
      }
      fewest = i >= from ? Math.min(fewest, routed.size()) : fewest;
    }
    return fewest;
  }

  @Test
  void upgradeEndsNoInstanceThatGetsRequests() throws Exception {
    try (TestRouter router = new TestRouter("edge", url(), journal::add)) {
      await(router, "event_stream_attached");
      assertThat(send("POST", "/v2/apps", web("serve"))).isEqualTo(201);
      List<String> old = core.offer("a", 4);
      await(router, "deployment_success");
      assertThat(router.routed()).hasSize(2);
      int before = journal.size();

      assertThat(send("PUT", "/v2/apps/web", web("serve better"))).isEqualTo(200);
      // One at a time, as far as there may be more than two.
      core.offer("a", 4);
      for (String _ : old) {
        await(router, "instance_drained");
        await(router, "instance_changed_event");
        core.offer("a", 4);
      }
      await(router, "deployment_success");

      assertThat(fewestRouted(before)).isEqualTo(2);
      assertThat(router.routed())
          .hasSize(2)
          .doesNotContainAnyElementsOf(old.stream().map(NoRequestLostTest::instance).toList());
      assertThat(journal.stream().filter(entry -> entry.startsWith("killed ")))
          .containsExactlyInAnyOrderElementsOf(
              old.stream().map(task -> "killed " + instance(task)).toList());
    }
  }

  @Test
  void deploymentWaitsForARouterThatComesLate() throws Exception {
    assertThat(send("POST", "/v2/apps", web("serve"))).isEqualTo(201);
    core.offer("a", 4);
    assertThat(core.snapshot().deployments()).hasSize(1);

    try (TestRouter router = new TestRouter("edge", url(), journal::add)) {
      await(router, "deployment_success");

      assertThat(router.routed()).hasSize(2);
    }
  }

  @Test
  void everyRouterIsAskedBeforeAnInstanceEnds() throws Exception {
    try (TestRouter edge = new TestRouter("edge", url(), journal::add);
        TestRouter mesh = new TestRouter("mesh", url(), _ -> {})) {
      await(edge, "event_stream_attached");
      await(mesh, "event_stream_attached");
      send("POST", "/v2/apps", web("serve"));
      core.offer("a", 4);
      await(edge, "deployment_success");
      assertThat(edge.routed()).isEqualTo(mesh.routed()).hasSize(2);

      assertThat(send("DELETE", "/v2/apps/web", "")).isEqualTo(200);
      await(edge, "deployment_success");
      await(mesh, "deployment_success");
      await(mesh, "deployment_success");

      fewestRouted(0);
      assertThat(edge.routed()).isEmpty();
      assertThat(mesh.routed()).isEmpty();
    }
  }

  @Test
  void instancesThatAreEndedByHandAreDrained() throws Exception {
    try (TestRouter router = new TestRouter("edge", url(), journal::add)) {
      await(router, "event_stream_attached");
      send("POST", "/v2/apps", web("serve"));
      List<String> tasks = core.offer("a", 4);
      await(router, "deployment_success");

      assertThat(send("DELETE", "/v2/apps/web/tasks/" + tasks.getFirst(), "")).isEqualTo(200);
      await(router, "instance_drained");

      fewestRouted(0);
      assertThat(router.routed()).containsExactly(instance(tasks.getLast()));
    }
  }
}
