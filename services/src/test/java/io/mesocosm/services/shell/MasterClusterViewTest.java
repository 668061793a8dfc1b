package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.services.explain.Cluster;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MasterClusterViewTest {
  private static final String AGENTS =
      """
      {"slaves":[{"id":"S1","hostname":"h1","active":true,
        "resources":{"cpus":4.5,"mem":1024.0,"ports":"[31000-32000]"}},
       {"id":"S2","hostname":"h2","active":false,"resources":{}}]}
      """;
  private static final String ROLES =
      """
      {"roles":[{"name":"dev","quota":{"role":"dev","guarantee":{},"limit":{"cpus":2.0},
        "consumed":{"cpus":1.5,"ports":"[31000-31000]"}}},
       {"name":"*","quota":{"role":"*","guarantee":{},"limit":{},"consumed":{}}}]}
      """;

  private static HttpServer master(String agents, String roles) {
    return HttpServer.start(
        HttpServerOptions.of("fake-master", "127.0.0.1", 0),
        new Router()
            .route("GET", "/slaves", _ -> Response.json(200, agents))
            .route("GET", "/roles", _ -> Response.json(200, roles)));
  }

  private static MasterLocator at(HttpServer server) {
    return MasterLocator.fixed(List.of(URI.create("http://127.0.0.1:" + server.port())));
  }

  private static MasterClusterView view(MasterLocator locator, Duration patience) {
    return new MasterClusterView(locator, ClientAccess.ANONYMOUS, patience);
  }

  @Test
  void agentsAndQuotasAreReadAsMastersShowThem() {
    try (HttpServer master = master(AGENTS, ROLES);
        MasterClusterView view = view(at(master), Duration.ofSeconds(20))) {
      Cluster cluster = view.look().orElseThrow();
      assertThat(cluster.agents()).hasSize(2);
      assertThat(cluster.agents().getFirst().total()).hasToString("{cpus=4.5, mem=1024}");
      assertThat(cluster.agents().getLast().active()).isFalse();
      assertThat(cluster.quotaByRole()).containsOnlyKeys("dev");
      assertThat(cluster.quotaByRole().get("dev"))
          .hasToString("Quota[limits={cpus=2}, consumed={cpus=1.5}]");
    }
  }

  @Test
  void aMasterThatDoesNotLeadRedirects() {
    try (HttpServer leader = master(AGENTS, ROLES)) {
      String base = "http://127.0.0.1:" + leader.port();
      try (HttpServer standby =
              HttpServer.start(
                  HttpServerOptions.of("standby", "127.0.0.1", 0),
                  request -> Response.empty(307).withHeader("Location", base + request.path()));
          MasterClusterView view = view(at(standby), Duration.ofSeconds(20))) {
        assertThat(view.look()).isPresent();
      }
    }
  }

  @Test
  void aMasterThatRefusesOrTalksNonsenseIsDoneWithout() {
    try (HttpServer master = master("no json", ROLES);
        MasterClusterView view = view(at(master), Duration.ofSeconds(20))) {
      assertThat(view.look()).isEmpty();
    }
    try (HttpServer master =
            HttpServer.start(
                HttpServerOptions.of("refuses", "127.0.0.1", 0), _ -> Response.empty(403));
        MasterClusterView view = view(at(master), Duration.ofSeconds(20))) {
      assertThat(view.look()).isEmpty();
    }
  }

  @Test
  void aMasterThatDoesNotAnswerIsWaitedForNoLongerThanPatienceLasts() {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (HttpServer master =
            HttpServer.start(
                HttpServerOptions.of("silent", "127.0.0.1", 0),
                _ -> {
                  asked.countDown();
                  assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
                  return Response.empty(200);
                });
        MasterClusterView view = view(at(master), Duration.ofMillis(200))) {
      Optional<Cluster> seen = view.look();
      release.countDown();
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void whileNobodyLeadsNobodyIsAsked() {
    try (MasterClusterView view = view(List::of, Duration.ofSeconds(20))) {
      assertThat(view.look()).isEmpty();
    }
  }
}
