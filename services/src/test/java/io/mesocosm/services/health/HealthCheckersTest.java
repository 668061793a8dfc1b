package io.mesocosm.services.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.instance.Instance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthCheckersTest {
  private record Result(int check, boolean alive, String cause) {}

  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final HealthCheckers checkers =
      new HealthCheckers(
          8, (_, check, alive, cause) -> results.add(new Result(check, alive, cause)));
  private HttpServer server;
  private volatile int status = 200;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(
              exchange.getRequestURI().getPath().equals("/health") ? status : 500, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    checkers.close();
    server.stop(0);
  }

  private static HealthCheck check(HealthCheck.Kind kind, Duration interval) {
    return new HealthCheck(
        kind,
        Optional.of("/health"),
        Optional.of(0),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        interval,
        Duration.ofSeconds(5),
        3,
        Duration.ZERO,
        false);
  }

  private static AppDefinition app(HealthCheck... checks) {
    return AppDefinition.builder(new AppId("/a")).healthChecks(List.of(checks)).build();
  }

  private Result next() throws InterruptedException {
    Result result = results.poll(10, TimeUnit.SECONDS);
    assertThat(result).isNotNull();
    return result;
  }

  @ParameterizedTest
  @CsvSource({"200,true", "302,true", "399,true", "400,false", "503,false"})
  void statusesFrom200To399AreHealthy(int answered, boolean alive) throws Exception {
    status = answered;

    checkers.start(
        RunningHere.at(server.getAddress().getPort()),
        app(check(HealthCheck.Kind.HTTP, Duration.ofHours(1))));

    Result result = next();
    assertThat(result.alive()).isEqualTo(alive);
    assertThat(result.cause().isEmpty()).isEqualTo(alive);
  }

  @Test
  void checksGoOnUntilTheyAreStopped() throws Exception {
    Instance instance = RunningHere.at(server.getAddress().getPort());
    checkers.start(instance, app(check(HealthCheck.Kind.HTTP, Duration.ofMillis(10))));
    assertThat(next().alive()).isTrue();
    status = 500;

    Result result = next();
    while (result.alive()) {
      result = next();
    }

    assertThat(result.cause()).contains("HTTP status 500");
    checkers.stop(instance.id());
    results.clear();
    status = 200;
    // One may have been on its way.
    results.poll(200, TimeUnit.MILLISECONDS);
    assertThat(results.poll(200, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void certificatesAreNotVerified(@TempDir Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                "EC",
                "-dname",
                "CN=somebody-else.example",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                keys.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    KeyStore store = KeyStore.getInstance(keys.toFile(), "secret".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, "secret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(context));
    https.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    https.start();

    checkers.start(
        RunningHere.at(https.getAddress().getPort()),
        app(check(HealthCheck.Kind.HTTPS, Duration.ofHours(1))));

    assertThat(next()).isEqualTo(new Result(0, true, ""));
    https.stop(0);
  }

  @Test
  void aPortThatTakesConnectionsIsHealthyForTcp() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      checkers.start(
          RunningHere.at(socket.getLocalPort()),
          app(check(HealthCheck.Kind.TCP, Duration.ofHours(1))));
      assertThat(next()).isEqualTo(new Result(0, true, ""));
    }
  }

  @Test
  void aPortThatNobodyListensOnIsUnhealthy() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    checkers.start(
        RunningHere.at(port),
        app(
            check(HealthCheck.Kind.TCP, Duration.ofHours(1)),
            check(HealthCheck.Kind.MESOS_TCP, Duration.ofHours(1)),
            check(HealthCheck.Kind.HTTP, Duration.ofHours(1))));

    List<Result> both = List.of(next(), next());
    assertThat(both).noneMatch(Result::alive);
    assertThat(both).extracting(Result::check).containsExactlyInAnyOrder(0, 2);
    assertThat(both).allMatch(result -> result.cause().contains("cannot be reached"));
  }

  @Test
  void anInstanceWithoutThePortIsUnhealthy() throws Exception {
    checkers.start(RunningHere.at(0), app(check(HealthCheck.Kind.HTTP, Duration.ofHours(1))));

    assertThat(next()).isEqualTo(new Result(0, false, "the instance has no port for check 0"));
  }
}
