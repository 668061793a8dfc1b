package io.mesocosm.services.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesEffect.Measure.Site;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.testkit.FakeClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers that answer as masters, agents and metrics do. */
class MeasurerTest {
  private static final AppId WEB = new AppId("/web");
  private static final Duration INTERVAL = Duration.ofSeconds(15);

  private final FakeClock clock = new FakeClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final BlockingQueue<ServicesCommand> reports = new LinkedBlockingQueue<>();
  private final Map<String, Response> bodies = new ConcurrentHashMap<>();
  private final AtomicInteger askedOfAgent = new AtomicInteger();
  private final BlockingQueue<Optional<String>> shown = new LinkedBlockingQueue<>();
  private final HttpServer server =
      HttpServer.start(
          HttpServerOptions.of("fake", "127.0.0.1", 0),
          new Router()
              .route("GET", "/metric", request -> answer("metric", request))
              .route("GET", "/slaves", request -> answer("slaves", request))
              .route(
                  "GET",
                  "/monitor/statistics",
                  request -> {
                    askedOfAgent.incrementAndGet();
                    return answer("statistics", request);
                  }));
  private final String base = "http://127.0.0.1:" + server.port();
  private final Measurer measurer =
      new Measurer(
          MasterLocator.fixed(List.of(URI.create(base))),
          ClientAccess.bearer("token"),
          clock,
          INTERVAL,
          Duration.ofSeconds(20),
          reports::add);

  private Response answer(String what, Request request) {
    shown.add(request.header("Authorization"));
    return Optional.ofNullable(bodies.get(what)).orElse(Response.empty(404));
  }

  @AfterEach
  void close() {
    measurer.close();
    server.close();
  }

  private ServicesCommand.Measured measured(Measurer with, ServicesEffect.Measure wanted)
      throws InterruptedException {
    with.measure(wanted);
    ServicesCommand report = reports.poll(30, TimeUnit.SECONDS);
    assertThat(report).as("a report within 30 s").isInstanceOf(ServicesCommand.Measured.class);
    return (ServicesCommand.Measured) java.util.Objects.requireNonNull(report);
  }

  private ServicesCommand.Measured metric(String url) throws InterruptedException {
    return measured(
        measurer,
        new ServicesEffect.Measure(WEB, new Autoscale.Target.Metric(url, 1), 1, List.of()));
  }

  private ServicesCommand.Measured metricOf(String body) throws InterruptedException {
    bodies.put("metric", Response.text(200, body));
    return metric(base + "/metric");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42|42",
        " 1.5e3 |1500",
        "{\"value\": 7}|7",
        "{\"value\": \"0.25\", \"other\": [1]}|0.25",
      })
  void metricIsANumberOrAValue(String body, double value) throws InterruptedException {
    ServicesCommand.Measured measured = metricOf(body);
    assertThat(measured.why()).isEmpty();
    assertThat(measured.value()).hasValue(value);
    assertThat(shown.poll(5, TimeUnit.SECONDS)).as("no credential for strangers").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "many",
        "NaN",
        "Infinity",
        "-1",
        "1e999",
        "0x10p3",
        "1d",
        "[1]",
        "{}",
        "{\"value\":",
        "{\"value\":null}",
        "{\"value\":true}",
        "1 2",
        "1.2.3"
      })
  void whatIsNoAmountIsNoValue(String body) throws InterruptedException {
    ServicesCommand.Measured measured = metricOf(body);
    assertThat(measured.value()).isEmpty();
    assertThat(measured.why()).startsWith(base + "/metric ");
  }

  @Test
  void redirectsAreNotFollowed() throws InterruptedException {
    bodies.put("metric", Response.empty(302).withHeader("Location", base + "/slaves"));
    bodies.put("slaves", Response.text(200, "1"));
    assertThat(metric(base + "/metric").why())
        .isEqualTo(base + "/metric answers 302, expected 200");
  }

  @Test
  void bodyThatIsTooLargeIsRefused() throws InterruptedException {
    ServicesCommand.Measured measured = metricOf(" ".repeat(70_000) + "1");
    assertThat(measured.value()).isEmpty();
    assertThat(measured.why()).contains("65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/", "no address", "http://", "http://127.0.0.1:1/"})
  void addressThatLeadsNowhereIsTold(String url) throws InterruptedException {
    assertThat(metric(url).why()).startsWith(url);
  }

  @Test
  void whoeverNeverEndsItsAnswerIsLeft() throws Exception {
    Thread server;
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Measurer hasty =
            new Measurer(
                MasterLocator.fixed(List.of(URI.create(base))),
                ClientAccess.ANONYMOUS,
                clock,
                INTERVAL,
                Duration.ofMillis(200),
                reports::add)) {
      server = Thread.startVirtualThread(() -> beginAnAnswer(slow));
      String url = "http://127.0.0.1:" + slow.getLocalPort() + "/";
      ServicesCommand.Measured measured =
          measured(
              hasty,
              new ServicesEffect.Measure(WEB, new Autoscale.Target.Metric(url, 1), 1, List.of()));
      assertThat(measured.value()).isEmpty();
      assertThat(measured.why()).startsWith(url);
    }
    server.join(Duration.ofSeconds(20));
  }

  private static void beginAnAnswer(ServerSocket slow) {
    try (Socket socket = slow.accept()) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1".getBytes(StandardCharsets.UTF_8));
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // the client has gone, as it should
      assertThat(slow).isNotNull();
    }
  }

  private ServicesEffect.Measure cpu(AppId app, String... tasks) {
    return new ServicesEffect.Measure(
        app,
        new Autoscale.Target.CpuPercent(50),
        0.5,
        java.util.Arrays.stream(tasks).map(task -> new Site(task, "S1", "host-1")).toList());
  }

  private void agentAt(String address) {
    bodies.put(
        "slaves",
        Response.text(
            200,
            "{\"slaves\":[{\"id\":\"S0\",\"pid\":\"slave(1)@127.0.0.1:1\"},"
                + "{\"id\":\"S1\",\"pid\":\"slave(1)@"
                + address
                + "\"}]}"));
  }

  /** So many seconds of cpu used by each of two tasks, at that time. */
  private void used(double at, double first, double second) {
    bodies.put(
        "statistics",
        Response.text(200, "[" + used("t1", at, first) + "," + used("t2", at, second) + "]"));
  }

  private static String used(String task, double at, double seconds) {
    return "{\"executor_id\":\""
        + task
        + "\",\"source\":\""
        + task
        + "\",\"statistics\":{\"timestamp\":"
        + at
        + ",\"cpus_user_time_secs\":"
        + seconds / 2
        + ",\"cpus_system_time_secs\":"
        + seconds / 2
        + "}}";
  }

  @Test
  void cpuIsTheDifferenceOfTwoReadingsAsAPartOfWhatIsAskedFor() throws InterruptedException {
    agentAt("127.0.0.1:" + server.port());
    used(1000, 10, 20);
    assertThat(measured(measurer, cpu(WEB, "t1", "t2")).value()).isEmpty();

    clock.advance(INTERVAL);
    used(1010, 11, 23);
    // 0.1 and 0.3 of a cpu, of 0.5 each
    assertThat(measured(measurer, cpu(WEB, "t1", "t2")).value().orElseThrow())
        .isCloseTo(40, org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void agentIsAskedOnceAnIntervalForAllApps() throws InterruptedException {
    agentAt("127.0.0.1:" + server.port());
    used(1000, 10, 20);
    measured(measurer, cpu(WEB, "t1"));
    measured(measurer, cpu(new AppId("/other"), "t2"));
    assertThat(askedOfAgent).hasValue(1);

    clock.advance(INTERVAL);
    used(1010, 15, 20);
    assertThat(measured(measurer, cpu(WEB, "t1")).value().orElseThrow())
        .isCloseTo(100, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(measured(measurer, cpu(new AppId("/other"), "t2")).value().orElseThrow()).isZero();
    assertThat(askedOfAgent).hasValue(2);
  }

  @Test
  void lessThanHalfOfTheInstancesAreNotEnough() throws InterruptedException {
    agentAt("127.0.0.1:" + server.port());
    used(1000, 10, 20);
    measured(measurer, cpu(WEB, "t1"));
    clock.advance(INTERVAL);
    used(1010, 11, 23);
    assertThat(measured(measurer, cpu(WEB, "t1", "t8", "t9")).why())
        .startsWith("the cpu time of 1 of 3 instances is known");
  }

  @Test
  void agentThatHasMovedIsFoundAgain() throws InterruptedException {
    agentAt("127.0.0.1:1");
    assertThat(measured(measurer, cpu(WEB, "t1")).why()).contains("http://127.0.0.1:1/");
    agentAt("127.0.0.1:" + server.port());
    clock.advance(INTERVAL);
    used(1000, 10, 20);
    measured(measurer, cpu(WEB, "t1"));
    clock.advance(INTERVAL);
    used(1010, 11, 23);
    assertThat(measured(measurer, cpu(WEB, "t1")).value()).isPresent();
  }

  @Test
  void masterThatDoesNotLeadSaysWhoDoes() throws InterruptedException {
    bodies.put(
        "slaves",
        Response.empty(307).withHeader("Location", "//127.0.0.1:" + server.port() + "/metric"));
    bodies.put(
        "metric",
        Response.text(
            200,
            "{\"slaves\":[{\"id\":\"S1\",\"pid\":\"slave(1)@127.0.0.1:" + server.port() + "\"}]}"));
    used(1000, 10, 20);
    assertThat(measured(measurer, cpu(WEB, "t1")).why()).contains("0 of 1 instances is known");
    assertThat(askedOfAgent).hasValue(1);
    assertThat(shown.poll(5, TimeUnit.SECONDS)).contains("Bearer token");
  }

  @Test
  void agentThatIsNotKnownIsTold() throws InterruptedException {
    bodies.put("slaves", Response.text(200, "{\"slaves\":[]}"));
    assertThat(measured(measurer, cpu(WEB, "t1")).why())
        .endsWith("the master knows no agent S1 on host-1");
  }
}
