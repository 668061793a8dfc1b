package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.Probe;
import io.mesocosm.agent.Probe.Purpose;
import io.mesocosm.agent.Probe.Question;
import io.mesocosm.agent.ProbeResult;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.model.ContainerId;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes against servers of this machine; what runs in containers is made up. */
class ProberTest {
  private static final ContainerId CONTAINER = new ContainerId("c1");

  private final BlockingQueue<AgentCommand> mailbox = new LinkedBlockingQueue<>();
  private Prober.Commands commands = (_, _, _) -> 0;
  private final Prober prober =
      new Prober((id, words, timeout) -> commands.execute(id, words, timeout), mailbox::add);

  @AfterEach
  void stop() {
    prober.close();
  }

  private static Probe probe(Question question) {
    return new Probe(
        Purpose.CHECK, question, Duration.ZERO, Duration.ofMillis(20), Duration.ofSeconds(10));
  }

  private static Probe impatient(Question question) {
    return new Probe(
        Purpose.CHECK, question, Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private AgentCommand.ProbeReported next() throws InterruptedException {
    AgentCommand command = mailbox.poll(20, TimeUnit.SECONDS);
    assertThat(command).as("report within 20 s").isInstanceOf(AgentCommand.ProbeReported.class);
    return (AgentCommand.ProbeReported) command;
  }

  private ProbeResult result(Probe probe) throws InterruptedException {
    prober.start(CONTAINER, List.of(probe));
    return next().result();
  }

  @Test
  void commandTellsItsExitCode() throws Exception {
    commands =
        (_, words, timeout) -> {
          assertThat(words).containsExactly("/bin/sh", "-c", "./ready");
          assertThat(timeout).isEqualTo(Duration.ofSeconds(10));
          return 3;
        };

    assertThat(result(probe(new Question.Command(List.of("/bin/sh", "-c", "./ready")))))
        .isEqualTo(new ProbeResult.Exited(3));
  }

  @Test
  void commandKilledAtItsTimeOutDidNotAnswer() throws Exception {
    commands =
        (_, _, timeout) -> {
          assertThat(new CountDownLatch(1).await(timeout.toNanos(), TimeUnit.NANOSECONDS))
              .isFalse();
          return 124;
        };

    assertThat(result(impatient(new Question.Command(List.of("sleep", "1000")))))
        .isEqualTo(new ProbeResult.Unanswered("Command check timed out after 0.1 s"));
  }

  @Test
  void commandThatExitsWith124ByItselfAnswered() throws Exception {
    commands = (_, _, _) -> 124;

    assertThat(result(probe(new Question.Command(List.of("true")))))
        .isEqualTo(new ProbeResult.Exited(124));
  }

  @Test
  void commandThatCannotRunDidNotAnswer() throws Exception {
    commands =
        (_, _, _) -> {
          throw new ContainerException("container c1 does not run");
        };

    assertThat(result(probe(new Question.Command(List.of("true")))))
        .isEqualTo(new ProbeResult.Unanswered("container c1 does not run"));
  }

  @Test
  void serverTellsItsStatusCode() throws Exception {
    try (HttpServer server =
        HttpServer.start(
            HttpServerOptions.of("task", "127.0.0.1", 0),
            request -> Response.empty(request.path().equals("/busy") ? 503 : 404))) {

      assertThat(result(probe(new Question.Http("http://127.0.0.1:" + server.port() + "/busy"))))
          .isEqualTo(new ProbeResult.Answered(503));
    }
  }

  @Test
  void bodyWithoutAnEndIsNotWaitedFor() throws Exception {
    try (HttpServer server =
        HttpServer.start(
            HttpServerOptions.of("task", "127.0.0.1", 0),
            _ ->
                new Response.Stream(
                    200,
                    Map.of("Content-Type", "text/plain"),
                    sink -> sink.send("more".getBytes(StandardCharsets.UTF_8))))) {

      assertThat(result(probe(new Question.Http("http://127.0.0.1:" + server.port() + "/"))))
          .isEqualTo(new ProbeResult.Answered(200));
    }
  }

  @Test
  void serverThatIsSilentDidNotAnswer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      String address = "http://127.0.0.1:" + silent.getLocalPort() + "/";

      assertThat(result(impatient(new Question.Http(address))))
          .isInstanceOfSatisfying(
              ProbeResult.Unanswered.class,
              unanswered ->
                  assertThat(unanswered.message())
                      .isEqualTo("HTTP check of " + address + " failed: request timed out"));
    }
  }

  @Test
  void openPortTakesTheConnection() throws Exception {
    try (ServerSocket open = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      assertThat(result(probe(new Question.Tcp("127.0.0.1", open.getLocalPort()))))
          .isEqualTo(new ProbeResult.Connected());
    }
  }

  @Test
  void closedPortRefusesIt() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      port = closed.getLocalPort();
    }

    assertThat(result(probe(new Question.Tcp("127.0.0.1", port))))
        .isInstanceOfSatisfying(
            ProbeResult.Refused.class,
            refused -> assertThat(refused.message()).contains(":" + port).contains("refused"));
  }

  @Test
  void probesOfOneContainerAreIndependent() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    commands =
        (_, _, _) -> {
          never.await();
          return 0;
        };
    Probe stuck =
        new Probe(
            Purpose.HEALTH,
            new Question.Command(List.of("sleep", "1000")),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO);
    try (ServerSocket open = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      prober.start(
          CONTAINER, List.of(stuck, probe(new Question.Tcp("127.0.0.1", open.getLocalPort()))));

      assertThat(next().purpose()).isEqualTo(Purpose.CHECK);
      assertThat(next().purpose()).isEqualTo(Purpose.CHECK);
    }
  }

  @Test
  void stoppedProbeGivesItsCommandUp() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    commands =
        (_, _, _) -> {
          running.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          return 0;
        };
    prober.start(CONTAINER, List.of(probe(new Question.Command(List.of("sleep", "1000")))));
    assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();

    prober.stop(CONTAINER);

    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(mailbox).isEmpty();
  }
}
