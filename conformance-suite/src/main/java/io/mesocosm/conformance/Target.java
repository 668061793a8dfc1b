package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The programs under test, as one test sees them. What the test opens through it is closed, and
 * each framework torn down, when the test ends, however it ends. One thread uses it.
 */
public final class Target implements AutoCloseable {
  private final Endpoints endpoints;
  private final boolean holdsOffers;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /**
   * What all tests share.
   *
   * @param credentials {@code user:password}
   * @param offers the turn of those that hold offers
   */
  record Endpoints(
      OperatorCalls master, OperatorCalls agent, Optional<String> credentials, Semaphore offers) {
    static Endpoints of(URI master, URI agent, Optional<String> credentials) {
      return new Endpoints(
          new OperatorCalls(new Http(master, credentials)),
          new OperatorCalls(new Http(agent, credentials)),
          credentials,
          new Semaphore(1, true));
    }
  }

  Target(Endpoints endpoints, boolean holdsOffers) {
    this.endpoints = endpoints;
    this.holdsOffers = holdsOffers;
  }

  /** The leading master. */
  public OperatorCalls master() {
    return endpoints.master();
  }

  /** One of its agents. */
  public OperatorCalls agent() {
    return endpoints.agent();
  }

  /** Looks up what the master says of the cluster. */
  public ClusterView cluster() {
    return new ClusterView(master());
  }

  /** The principal of the suite's credentials; empty when there are none. */
  public String principal() {
    return endpoints.credentials().map(text -> text.split(":", 2)[0]).orElse("");
  }

  /** A text that no other test has: a letter and some hexadecimal digits. */
  public String unique() {
    byte[] bytes = new byte[5];
    ThreadLocalRandom.current().nextBytes(bytes);
    return "c" + HexFormat.of().formatHex(bytes);
  }

  /** A fresh framework, see {@link Framework}; to be changed before it is subscribed. */
  public Framework framework() {
    String name = unique();
    ObjectNode info =
        Json.object(
            "user",
            System.getProperty("user.name"),
            "name",
            "conformance-" + name,
            "roles",
            List.of("role-" + name));
    if (!principal().isEmpty()) {
      info.put("principal", principal());
    }
    return new Framework(info, List.of(), Optional.empty(), Encoding.JSON)
        .capabilities(
            "MULTI_ROLE", "PARTITION_AWARE", "TASK_KILLING_STATE", "RESERVATION_REFINEMENT");
  }

  /** Subscribes; the framework is torn down at the test's end. */
  public SchedulerSession subscribe(Framework framework) {
    return closing(SchedulerSession.subscribe(master().http(), framework));
  }

  /** Subscribes a fresh framework whose roles are suppressed: it gets no offers. */
  public SchedulerSession subscribeQuietly() {
    return subscribe(framework().suppressed());
  }

  /**
   * A subscription that must be refused, by a 4xx or by an event ERROR and the end of the stream;
   * returns the text.
   */
  public String refusal(Framework framework) {
    EventStream events = closing(SchedulerSession.open(master().http(), framework));
    if (events.status() != 200) {
      Answer answer = events.refusal();
      Expect.that(
          answer.status() / 100 == 4,
          "a refusal of the subscription",
          answer.status() + " " + answer.text());
      return answer.text();
    }
    Optional<JsonNode> error = events.poll("ERROR", _ -> true, Duration.ofSeconds(5));
    if (error.isEmpty()) {
      events
          .poll("SUBSCRIBED", _ -> true, Duration.ZERO)
          .ifPresent(subscribed -> teardown(events, subscribed));
      throw new Mismatch("a refusal of the subscription", "accepted");
    }
    events.awaitEnd(Duration.ofSeconds(5));
    return error.orElseThrow().at("/error/message").asText();
  }

  /** Runs {@code sleep 1000} as a task of a fresh framework, which has no offers left then. */
  public RunningTask runningTask() {
    return runningTask(framework(), UnaryOperator.identity());
  }

  /** As {@link #runningTask()}, for this framework and with this change to the TaskInfo. */
  public RunningTask runningTask(Framework framework, UnaryOperator<ObjectNode> change) {
    return exclusively(() -> {
      SchedulerSession session = subscribe(framework);
      JsonNode offer = session.offer();
      String id = "task-" + unique();
      ObjectNode task = change.apply(SchedulerSession.task(offer, id, "sleep 1000"));
      session.launch(offer, task);
      session.quiet();
      JsonNode running =
          session.awaitState(
              task.at("/task_id/value").asText(), "TASK_RUNNING", Duration.ofSeconds(30));
      return new RunningTask(
          session, task.at("/task_id/value").asText(), offer.get("agent_id"), running);
    });
  }

  /**
   * Does something that holds offers, when it is this test's turn; it must have given them back at
   * the end.
   */
  public <T> T exclusively(Supplier<T> work) {
    if (holdsOffers) {
      return work.get();
    }
    endpoints.offers().acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      endpoints.offers().release();
    }
  }

  /** Asks again and again until there is an answer. */
  public <T> T eventually(String expected, Duration timeout, Supplier<Optional<T>> question)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.orElseThrow();
      }
      if (System.nanoTime() > deadline) {
        throw new Mismatch(expected + " within " + timeout.toMillis() + " ms", "not so");
      }
      Thread.sleep(Duration.ofMillis(50));
    }
  }

  /** Closes this at the test's end; the last one first. */
  public <T extends AutoCloseable> T closing(T resource) {
    opened.push(resource);
    return resource;
  }

  /** Closes what the test opened; what fails to close is left. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        System.getLogger("conformance").log(System.Logger.Level.DEBUG, "closing after a test", e);
      }
    }
  }

  private void teardown(EventStream events, JsonNode subscribed) {
    ObjectNode call =
        Json.object("type", "TEARDOWN", "framework_id", subscribed.at("/subscribed/framework_id"));
    master()
        .http()
        .send(
            Request.postJson(SchedulerSession.PATH, call)
                .header("Mesos-Stream-Id", events.header("Mesos-Stream-Id").orElse("")));
  }
}
