package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Section 5, end: inverse offers. */
final class InverseOfferRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive(
        "5/inverse.id-url-framework_id-agent_id-unavailability-resources",
        "fields",
        InverseOfferRows::fields);
    rows.exclusive(
        "5/inverse.Response", "answers are shown, not acted upon", InverseOfferRows::responses);
    rows.exclusive(
        "5/inverse.RESCIND_INVERSE_OFFER",
        "rescinded with the schedule",
        InverseOfferRows::rescind);
    rows.exclusive(
        "5/inverse.Filter", "declined ones return after refuse_seconds", InverseOfferRows::filter);
  }

  static JsonNode next(RunningTask task) {
    JsonNode event = task.session().events().await("INVERSE_OFFERS", SOON);
    return event.at("/inverse_offers/inverse_offers/0");
  }

  private static void fields(Target target) {
    RunningTask task = target.runningTask();
    JsonNode window = Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode inverse = next(task);
    Expect.fields(
        inverse, "inverse offer", "id", "url", "framework_id", "agent_id", "unavailability");
    Expect.equal(task.agentId(), inverse.get("agent_id"), "agent_id");
    Expect.equal(window, inverse.get("unavailability"), "unavailability");
    Expect.that(
        inverse.at("/id/value").asText().matches(".*-O\\d+"), "an id …-O<n>", inverse.get("id"));
    Expect.that(inverse.path("resources").isEmpty(), "no resources", inverse);
  }

  private static void responses(Target target) throws InterruptedException {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode inverse = next(task);
    task.session()
        .call(
            "DECLINE_INVERSE_OFFERS",
            "inverse_offer_ids",
            List.of(inverse.get("id")),
            "filters",
            Json.object("refuse_seconds", 0));
    awaitStatus(target, task, "DECLINE");
    JsonNode second = next(task);
    task.session().call("ACCEPT_INVERSE_OFFERS", "inverse_offer_ids", List.of(second.get("id")));
    JsonNode status = awaitStatus(target, task, "ACCEPT");
    Expect.fields(status, "inverse offer status", "status", "framework_id", "timestamp");
    Expect.that(
        target.cluster().task("tasks", task.taskId()).isPresent(), "the task to run on", "gone");
  }

  private static JsonNode awaitStatus(Target target, RunningTask task, String status)
      throws InterruptedException {
    return target.eventually(
        "status " + status + " in /maintenance/status",
        SOON,
        () -> {
          JsonNode machines = target.master().get("/maintenance/status").path("draining_machines");
          Optional<JsonNode> found =
              Json.each(machines)
                  .flatMap(machine -> Json.each(machine.path("statuses")))
                  .filter(one ->
                      one.at("/framework_id/value").asText().equals(task.session().frameworkId()))
                  .filter(one -> one.path("status").asText().equals(status))
                  .findFirst();
          return found;
        });
  }

  private static void rescind(Target target) {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode inverse = next(task);
    Maintenance.clear(target);
    JsonNode event = task.session().events().await("RESCIND_INVERSE_OFFER", SOON);
    Expect.equal(
        inverse.get("id"),
        event.at("/rescind_inverse_offer/inverse_offer_id"),
        "rescinded inverse offer");
  }

  private static void filter(Target target) {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode inverse = next(task);
    long start = System.nanoTime();
    task.session().call("DECLINE_INVERSE_OFFERS", "inverse_offer_ids", List.of(inverse.get("id")));
    next(task);
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    Expect.that(
        millis > 4000 && millis < 9000,
        "the next inverse offer after the default of 5 s",
        millis + " ms");
  }
}
