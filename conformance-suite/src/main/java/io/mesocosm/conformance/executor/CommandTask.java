package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.operator.Sandbox;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A task "one" with a command, on the agent under test.
 *
 * @param session the framework's, which gets no more offers
 */
record CommandTask(Target target, SchedulerSession session) {
  /** Its task id, and its executor's id. */
  static final String ID = "one";

  private static final Duration START = Duration.ofSeconds(30);

  /** Launches a shell command. */
  static CommandTask launched(Target target, String command) {
    return launched(target, target.framework(), command, UnaryOperator.identity());
  }

  /** Launches a shell command, with this change to the TaskInfo. */
  static CommandTask launched(Target target, String command, UnaryOperator<ObjectNode> change) {
    return launched(target, target.framework(), command, change);
  }

  /** Launches a shell command of this framework, with this change to the TaskInfo. */
  static CommandTask launched(
      Target target, Framework framework, String command, UnaryOperator<ObjectNode> change) {
    SchedulerSession session =
        Placement.onOffer(
            target,
            framework,
            (fresh, offer) ->
                fresh.launch(offer, change.apply(SchedulerSession.task(offer, ID, command))));
    return new CommandTask(target, session);
  }

  /** With this {@code command} instead. */
  static UnaryOperator<ObjectNode> command(JsonNode command) {
    return task -> {
      task.set("command", command);
      return task;
    };
  }

  /** A kill_policy. */
  static JsonNode policy(Duration grace) {
    return Json.object("grace_period", Json.object("nanoseconds", grace.toNanos()));
  }

  /** The next status, acknowledged. */
  JsonNode next() {
    JsonNode status = session.update(ID, START);
    session.acknowledge(status);
    return status;
  }

  /** Waits for this state; the status. */
  JsonNode await(String state) {
    return session.awaitState(ID, state, START);
  }

  /** Waits for a status like this, acknowledging those before it. */
  JsonNode awaitStatus(String what, Predicate<JsonNode> like) {
    for (int i = 0; i < 12; i++) {
      JsonNode status = next();
      if (like.test(status)) {
        return status;
      }
    }
    throw new Mismatch(what, "none of twelve statuses");
  }

  /** Ends in this state and with this message. */
  void expectEnd(String state, String message) {
    JsonNode end = await(state);
    Expect.that(end.path("message").asText().contains(message), message, end);
  }

  /** Its sandbox. */
  Sandbox sandbox() throws InterruptedException {
    return Sandbox.of(target, session.frameworkId(), ID);
  }
}
