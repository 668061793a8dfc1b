package io.mesocosm.services.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.ReadinessResult.Response;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ReadinessCheckersTest {
  private record Result(String check, boolean ready, Optional<Response> response) {}

  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final ReadinessCheckers checkers =
      new ReadinessCheckers(
          8, (_, check, ready, response) -> results.add(new Result(check, ready, response)));
  private final CountDownLatch hold = new CountDownLatch(1);
  private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(command -> Thread.ofVirtual().start(command));
    server.createContext(
        "/ready",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/plain");
          byte[] body = "warm".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(statuses.isEmpty() ? 200 : statuses.remove(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          byte[] part = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
          while (hold.getCount() > 0) {
            out.write(part);
          }
        });
    server.createContext(
        "/drip",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          try {
            hold.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    hold.countDown();
    checkers.close();
    server.stop(0);
  }

  private static ReadinessCheck check(
      String path, String port, Duration timeout, boolean preserve) {
    return new ReadinessCheck(
        "warm",
        false,
        path,
        port,
        Duration.ofMillis(20),
        timeout,
        new TreeSet<>(List.of(200, 204)),
        preserve);
  }

  private static ReadinessCheck check(String path) {
    return check(path, "http-api", Duration.ofSeconds(20), true);
  }

  private static AppDefinition app(ReadinessCheck check) {
    return AppDefinition.builder(new AppId("/a"))
        .portDefinitions(List.of(port("admin"), port("http-api")))
        .readinessChecks(List.of(check))
        .build();
  }

  private static PortDefinition port(String name) {
    return new PortDefinition(0, Protocol.TCP, Optional.of(name), new TreeMap<>());
  }

  private Instance instance() {
    return RunningHere.at(1, server.getAddress().getPort());
  }

  private Result next() throws InterruptedException {
    Result result = results.poll(30, TimeUnit.SECONDS);
    assertThat(result).isNotNull();
    return result;
  }

  @Test
  void portOfThatNameIsPolledUntilItIsReady() throws Exception {
    statuses.addAll(List.of(503, 500, 302));

    checkers.start(instance(), app(check("/ready")));

    for (int status : List.of(503, 500, 302)) {
      assertThat(next())
          .isEqualTo(
              new Result("warm", false, Optional.of(new Response(status, "text/plain", "warm"))));
    }
    assertThat(next())
        .isEqualTo(new Result("warm", true, Optional.of(new Response(200, "text/plain", "warm"))));
    assertThat(results.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"200,true", "204,false", "404,false"})
  void onlyListedStatusesAreReady(int status, boolean ready) throws Exception {
    statuses.add(status == 204 ? 206 : status);

    checkers.start(instance(), app(check("ready")));

    assertThat(next().ready()).isEqualTo(ready);
  }

  @Test
  void bodyIsTakenUpToAFewKibibytes() throws Exception {
    checkers.start(instance(), app(check("/endless")));

    Result result = next();

    assertThat(result.ready()).isTrue();
    assertThat(result.response().orElseThrow().body()).isEqualTo("x".repeat(4096));
  }

  @Test
  void bodyThatNobodyKeepsIsNotWaitedFor() throws Exception {
    checkers.start(instance(), app(check("/drip", "http-api", Duration.ofSeconds(20), false)));

    assertThat(next().ready()).isTrue();
  }

  @Test
  void instanceThatTakesTooLongIsNotReady() throws Exception {
    checkers.start(instance(), app(check("/drip", "http-api", Duration.ofMillis(100), true)));

    assertThat(next()).isEqualTo(new Result("warm", false, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"admin", "no-such-port"})
  void instanceThatCannotBeReachedIsNotReady(String port) throws Exception {
    checkers.start(instance(), app(check("/ready", port, Duration.ofSeconds(5), true)));

    assertThat(next()).isEqualTo(new Result("warm", false, Optional.empty()));
  }

  @Test
  void stopEndsThePolls() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      statuses.add(503);
    }
    checkers.start(instance(), app(check("/ready")));
    next();

    checkers.stop(instance().id());

    // One may have been under way.
    assertThat(results.size()).isLessThanOrEqualTo(2);
    checkers.start(instance(), app(check("/ready")));
    assertThat(next().ready()).isFalse();
  }
}
