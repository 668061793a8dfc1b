package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Runs things on the agent under test, whatever other agents there are: the rest of the suite takes
 * any agent, but what is asked of the agent itself has to be there.
 */
public final class Placement {
  private static final Duration LAUNCH = Duration.ofSeconds(30);

  private Placement() {}

  /** The id of the agent under test. */
  public static String agentId(Target target) {
    return target.agent().get("/state").path("id").asText();
  }

  /** The same as the {@code agent_id} of a call. */
  public static ObjectNode agentIdValue(Target target) {
    return Json.value(agentId(target));
  }

  /**
   * Subscribes the framework, has the work use an offer of the agent under test, and gives the rest
   * back: the framework gets no offers any more then.
   */
  public static SchedulerSession onOffer(
      Target target, Framework framework, BiConsumer<SchedulerSession, JsonNode> work) {
    String agent = agentId(target);
    return target.exclusively(() -> {
      SchedulerSession session = target.subscribe(framework);
      use(session, agent, work);
      return session;
    });
  }

  /** Asks for offers again and has the work use one of the agent under test. */
  public static void onNextOffer(
      Target target, SchedulerSession session, BiConsumer<SchedulerSession, JsonNode> work) {
    String agent = agentId(target);
    target.exclusively(() -> {
      session.call("REVIVE");
      use(session, agent, work);
      return session;
    });
  }

  private static void use(
      SchedulerSession session, String agent, BiConsumer<SchedulerSession, JsonNode> work) {
    long deadline = System.nanoTime() + SchedulerSession.SOON.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      JsonNode event =
          session
              .events()
              .poll("OFFERS", _ -> true, left)
              .orElseThrow(() -> new Mismatch("an offer of agent " + agent, "none"));
      Optional<JsonNode> offer =
          Json.each(event.at("/offers/offers"))
              .filter(one -> one.at("/agent_id/value").asText().equals(agent))
              .filter(one -> SchedulerSession.scalar(one, "mem") >= 96)
              .findFirst();
      JsonNode[] others =
          Json.each(event.at("/offers/offers"))
              .filter(one -> !Optional.of(one).equals(offer))
              .toArray(JsonNode[]::new);
      if (others.length > 0) {
        session.decline(3600, others);
      }
      if (offer.isPresent()) {
        work.accept(session, offer.orElseThrow());
        session.quiet();
        return;
      }
    }
  }

  /** As {@link Target#runningTask()}, on the agent under test. */
  public static RunningTask runningTask(Target target) {
    return runningTask(target, target.framework(), UnaryOperator.identity());
  }

  /** As {@link Target#runningTask(Framework, UnaryOperator)}, on the agent under test. */
  public static RunningTask runningTask(
      Target target, Framework framework, UnaryOperator<ObjectNode> change) {
    String id = "task-" + target.unique();
    SchedulerSession session =
        onOffer(
            target,
            framework,
            (fresh, offer) ->
                fresh.launch(offer, change.apply(SchedulerSession.task(offer, id, "sleep 1000"))));
    JsonNode running = session.awaitState(id, "TASK_RUNNING", LAUNCH);
    return new RunningTask(session, id, running.get("agent_id"), running);
  }
}
