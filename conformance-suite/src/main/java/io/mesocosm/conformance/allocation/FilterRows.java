package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Maintenance;
import java.time.Duration;
import java.util.List;

/** Section 3: filters of refused resources. */
final class FilterRows implements RowTests {
  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("3/F1", "by framework, role and agent", FilterRows::key);
    rows.exclusive("3/F2", "duration", FilterRows::duration);
    rows.exclusive("3/F3", "removed by REVIVE and reconnection", FilterRows::removed);
    rows.exclusive("3/F4", "inverse offers: REVIVE removes", FilterRows::inverse);
    rows.exclusive("3/F5", "more than refused passes", FilterRows::larger);
  }

  static void contained(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.decline(3600, offer);
    session.events().expectNone("OFFERS", Shares.from(offer), Shares.A_WHILE);
  }

  private static void key(Target target) {
    Framework framework = target.framework();
    SchedulerSession session = target.subscribe(framework);
    JsonNode offer = session.offer();
    session.decline(3600, offer);
    SchedulerSession sameRole = target.subscribe(target.framework().roles(framework.role()));
    JsonNode theirs = Shares.next(sameRole, offer);
    sameRole.decline(3600, theirs);
    session.events().expectNone("OFFERS", Shares.from(offer), Shares.A_WHILE);
  }

  private static void duration(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.decline(0, offer);
    JsonNode again = Shares.next(session, offer);
    long start = System.nanoTime();
    session.decline(3, again);
    Shares.next(session, offer);
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.that(seconds > 2.7 && seconds < 6, "the next offer after 3 s", seconds + " s");
  }

  private static void removed(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribe(target.framework().failoverTimeout(30));
    JsonNode offer = session.offer();
    session.decline(3600, offer);
    session.call("REVIVE");
    session.decline(3600, Shares.next(session, offer));
    session.disconnect();
    target.eventually(
        "the framework to be inactive",
        Shares.SOON,
        () ->
            target
                .cluster()
                .framework(session.frameworkId())
                .filter(now -> !now.path("active").asBoolean()));
    SchedulerSession again = target.subscribe(session.again());
    again.events().await("OFFERS", Shares.from(offer), Shares.SOON);
  }

  private static void inverse(Target target) {
    RunningTask task = target.runningTask();
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode event = task.session().events().await("INVERSE_OFFERS", Shares.SOON);
    task.session()
        .call(
            "DECLINE_INVERSE_OFFERS",
            "inverse_offer_ids",
            List.of(event.at("/inverse_offers/inverse_offers/0/id")),
            "filters",
            Json.object("refuse_seconds", 3600));
    task.session().events().expectNone("INVERSE_OFFERS", _ -> true, Shares.A_WHILE);
    task.session().call("REVIVE");
    task.session().events().await("INVERSE_OFFERS", Shares.SOON);
  }

  private static void larger(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.launch(offer, SchedulerSession.task(offer, "task", "sleep 1000"));
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    session.call("KILL", "task_id", Json.value("task"));
    session.awaitState("task", "TASK_KILLED");
    session.events().await("OFFERS", Shares.from(offer), Shares.SOON);
  }
}
