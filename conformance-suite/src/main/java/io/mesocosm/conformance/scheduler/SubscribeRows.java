package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Section 3: SUBSCRIBE, failover and removal of frameworks. */
final class SubscribeRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("3/S1", "body of SUBSCRIBE", SubscribeRows::body);
    rows.test("3/S2", "id of a new framework", SubscribeRows::newId);
    rows.test("3/S3", "the two ids must be equal", SubscribeRows::ids);
    rows.test("3/S4", "no force: the newest connection wins", SubscribeRows::noForce);
    rows.exclusive("3/S5", "what the old connection gets", SubscribeRows::takeOver);
    rows.test("3/S6", "an unknown id is accepted", SubscribeRows::unknownId);
    rows.test("3/S7", "the id of a removed framework is refused", SubscribeRows::removedId);
    rows.test("3/S8", "user root where it is not allowed", SubscribeRows::rootSubmissions);
    rows.test("3/S9", "roles beyond the whitelist", SubscribeRows::roleWhitelist);
    rows.test("3/S10", "role with MULTI_ROLE, roles without", SubscribeRows::roleFields);
    rows.test("3/S11", "duplicate and invalid roles", SubscribeRows::badRoles);
    rows.test("3/S12", "invalid ids", SubscribeRows::badIds);
    rows.test("3/S13", "range of failover_timeout", SubscribeRows::badTimeouts);
    rows.test("3/S14", "valid offer_filters", SubscribeRows::offerFilters);
    rows.test("3/S15", "suppressed roles must be roles", SubscribeRows::suppressed);
    rows.test("3/S16", "invalid offer constraints", SubscribeRows::constraints);
    rows.test("3/S17", "principal filled in", SubscribeRows::principal);
    rows.test("3/S18", "what a resubscription cannot change", SubscribeRows::immutable);
    rows.test("3/S19", "what a resubscription changes", SubscribeRows::mutable);
    rows.test("3/S20", "first events and heartbeats", SubscribeRows::heartbeats);
    rows.test("3/S21", "fields of SUBSCRIBED", SubscribeRows::subscribedFields);
    rows.withOffers("3/S22", "disconnection and failover timeout", SubscribeRows::disconnect);
    rows.test("3/S23", "failover timeout of zero", SubscribeRows::zeroTimeout);
    rows.test("3/S24", "back before the timeout", SubscribeRows::backInTime);
    rows.test("3/S25", "tasks of a removed framework", SubscribeRows::removal);
    rows.notObservable("3/S26", "without checkpoint", "needs the agent to lose its connection");
    rows.notObservable("3/S27", "advice to clients", "says what clients do");
  }

  private static void body(Target target) {
    Framework framework = target.framework().roles("a-" + target.unique(), "b-" + target.unique());
    SchedulerSession session = target.subscribe(framework.suppressed());
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    Expect.equal(framework.info().path("roles"), info.path("roles"), "roles");
    Expect.equal(framework.info().path("name"), info.path("name"), "name");
  }

  private static void newId(Target target) {
    String master = target.master().call("GET_MASTER").at("/master_info/id").asText();
    for (Framework framework :
        List.of(
            target.framework().suppressed(),
            target.framework().suppressed().with("id", Json.value("")))) {
      String id = target.subscribe(framework).frameworkId();
      Expect.that(
          id.matches(java.util.regex.Pattern.quote(master) + "-\\d{4,}"),
          "an id " + master + "-NNNN",
          id);
    }
  }

  private static void ids(Target target) {
    Framework framework = target.framework().suppressed();
    ObjectNode onlyOuter = framework.subscribeCall();
    onlyOuter.set("framework_id", Json.value("a-" + target.unique()));
    Expect.status(
        400,
        target.master().http().post(SchedulerSession.PATH, onlyOuter),
        "framework_id without info.id");
    ObjectNode onlyInner = framework.with("id", Json.value("a-" + target.unique())).subscribeCall();
    onlyInner.remove("framework_id");
    Expect.status(
        400,
        target.master().http().post(SchedulerSession.PATH, onlyInner),
        "info.id without framework_id");
    SchedulerSession session = target.subscribe(framework.failoverTimeout(30));
    Expect.equal(
        session.frameworkId(),
        target.subscribe(session.again()).frameworkId(),
        "id after resubscription");
  }

  private static void noForce(Target target) {
    SchedulerSession first = target.subscribe(target.framework().suppressed().failoverTimeout(30));
    ObjectNode call = first.again().subscribeCall();
    ((ObjectNode) call.path("subscribe")).put("force", false);
    EventStream second =
        target.closing(
            EventStream.open(
                target.master().http(),
                io.mesocosm.conformance.Request.postJson(SchedulerSession.PATH, call),
                Json::parse));
    second.await("SUBSCRIBED", SOON);
    first.events().awaitEnd(SOON);
  }

  private static void takeOver(Target target) {
    SchedulerSession old = target.subscribe(target.framework().failoverTimeout(30));
    JsonNode offer = old.offer();
    SchedulerSession now = target.subscribe(old.again());
    Expect.equal(
        "Framework failed over",
        old.events().await("ERROR", SOON).at("/error/message").asText(),
        "error message");
    old.events().awaitEnd(SOON);
    old.events().expectNone("RESCIND", _ -> true, Duration.ZERO);
    JsonNode again = now.offer();
    Expect.that(
        !again.get("id").equals(offer.get("id")),
        "a new offer, the old one being discarded",
        again.get("id"));
  }

  private static void unknownId(Target target) {
    String id = "conformance-" + target.unique();
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().with("id", Json.value(id)));
    Expect.equal(id, session.frameworkId(), "framework id");
  }

  private static void removedId(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.call("TEARDOWN");
    session.events().awaitEnd(SOON);
    String text = target.refusal(session.again());
    Expect.that(text.contains("Framework has been removed"), "Framework has been removed", text);
  }

  private static void rootSubmissions(Target target) {
    if (target.cluster().flag("root_submissions").filter("false"::equals).isEmpty()) {
      throw new NotObservable("needs a master with --no-root_submissions");
    }
    target.refusal(target.framework().suppressed().with("user", "root"));
  }

  private static void roleWhitelist(Target target) {
    if (target.cluster().flag("roles").filter(text -> !text.isEmpty()).isEmpty()) {
      throw new NotObservable("needs a master with --roles");
    }
    target.refusal(target.framework().suppressed());
  }

  private static void roleFields(Target target) {
    target.refusal(target.framework().without("roles").with("role", target.unique()));
    target.refusal(target.framework().withoutCapability("MULTI_ROLE"));
  }

  private static void badRoles(Target target) {
    String role = target.unique();
    target.refusal(target.framework().roles(role, role));
    for (String bad : List.of("", "/a", "a/", "a//b", "a/../b", ".", "-a", "a b", "a/*")) {
      target.refusal(target.framework().roles(bad));
    }
  }

  private static void badIds(Target target) {
    for (String bad : List.of("a/b", "..", ".", "a\\b", "a\nb", "x".repeat(256))) {
      target.refusal(target.framework().suppressed().with("id", Json.value(bad)));
    }
  }

  private static void badTimeouts(Target target) {
    target.refusal(target.framework().suppressed().failoverTimeout(1e300));
    target.refusal(target.framework().suppressed().with("failover_timeout", "Infinity"));
    target.subscribe(target.framework().suppressed().failoverTimeout(31536000));
  }

  private static JsonNode filters(String role, JsonNode quantities) {
    JsonNode alternatives = Json.array(Json.object("quantities", quantities));
    return Json.object(
        role, Json.object("min_allocatable_resources", Json.object("quantities", alternatives)));
  }

  private static void offerFilters(Target target) {
    Framework framework = target.framework().suppressed();
    JsonNode half = Json.object("cpus", Json.object("value", 0.5));
    target.subscribe(framework.with("offer_filters", filters(framework.role(), half)));
    target.refusal(framework.with("offer_filters", filters(framework.role(), Json.object())));
    JsonNode negative = Json.object("cpus", Json.object("value", -1));
    target.refusal(framework.with("offer_filters", filters(framework.role(), negative)));
    JsonNode infinite = Json.object("cpus", Json.object("value", "Infinity"));
    target.refusal(framework.with("offer_filters", filters(framework.role(), infinite)));
  }

  private static void suppressed(Target target) {
    target.refusal(target.framework().suppressing(List.of("not-" + target.unique())));
  }

  private static void constraints(Target target) {
    Framework framework = target.framework().suppressed();
    target.refusal(
        framework.constraints(
            Json.object(
                "role_constraints",
                Json.object(framework.role(), Json.object("groups", Json.array())))));
  }

  private static void principal(Target target) {
    if (target.principal().isEmpty()) {
      throw new NotObservable("needs --credentials");
    }
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().without("principal"));
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    Expect.equal(target.principal(), info.path("principal").asText(), "principal");
    target.refusal(target.framework().suppressed().with("principal", "another-" + target.unique()));
  }

  private static void immutable(Target target) {
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().failoverTimeout(30));
    String user = session.framework().info().path("user").asText();
    SchedulerSession again =
        target.subscribe(session.again().with("user", "another-user").with("checkpoint", true));
    JsonNode info =
        target.cluster().framework(again.frameworkId()).orElseThrow().path("framework_info");
    Expect.equal(user, info.path("user").asText(), "user after resubscription with another");
    Expect.equal(
        false, info.path("checkpoint").asBoolean(), "checkpoint after resubscription with another");
    if (target.principal().isEmpty()) {
      target.refusal(again.again().with("principal", "another-principal"));
    }
  }

  private static void mutable(Target target) {
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().failoverTimeout(30));
    String role = target.unique();
    JsonNode labels = Json.object("labels", Json.array(Json.object("key", "k", "value", "v")));
    Framework changed =
        session
            .again()
            .with("name", "renamed")
            .with("hostname", "h.example")
            .with("webui_url", "http://h.example/")
            .with("labels", labels)
            .with("failover_timeout", 31.0)
            .roles(role)
            .capability("SHARED_RESOURCES")
            .with("offer_filters", filters(role, Json.object("cpus", Json.object("value", 0.5))))
            .suppressed();
    target.subscribe(changed);
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    for (String field :
        List.of(
            "name",
            "hostname",
            "webui_url",
            "labels",
            "roles",
            "failover_timeout",
            "capabilities")) {
      Expect.equal(changed.info().get(field), info.get(field), field + " after resubscription");
    }
    Expect.that(info.path("offer_filters").has(role), "offer_filters after resubscription", info);
  }

  private static void heartbeats(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    session.events().await("HEARTBEAT", Duration.ofSeconds(5));
    session.events().await("HEARTBEAT", Duration.ofSeconds(20));
    List<EventStream.Received> received = session.events().received();
    Expect.equal("SUBSCRIBED", received.getFirst().event().path("type").asText(), "first event");
    List<Instant> beats =
        received.stream()
            .filter(one -> one.event().path("type").asText().equals("HEARTBEAT"))
            .map(EventStream.Received::at)
            .toList();
    long first = Duration.between(received.getFirst().at(), beats.get(0)).toMillis();
    long second = Duration.between(beats.get(0), beats.get(1)).toMillis();
    Expect.that(first < 2000, "the first heartbeat at once", first + " ms after SUBSCRIBED");
    Expect.that(second > 13_000 && second < 17_500, "heartbeats 15 s apart", second + " ms");
  }

  private static void subscribedFields(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode event = session.events().received().getFirst().event().path("subscribed");
    Expect.fields(event, "SUBSCRIBED", "framework_id", "heartbeat_interval_seconds", "master_info");
    Expect.equal(
        15.0, event.path("heartbeat_interval_seconds").asDouble(), "heartbeat_interval_seconds");
    Expect.fields(
        event.path("master_info"), "master_info", "id", "ip", "port", "pid", "hostname", "version");
  }

  private static void disconnect(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribe(target.framework().failoverTimeout(3));
    JsonNode offer = session.offer();
    session.disconnect();
    target.eventually(
        "the framework to be inactive and without offers",
        SOON,
        () ->
            target
                .cluster()
                .framework(session.frameworkId())
                .filter(framework ->
                    !framework.path("active").asBoolean()
                        && !framework.path("connected").asBoolean()
                        && framework.path("offers").isEmpty()));
    SchedulerSession other = target.subscribe(target.framework());
    Expect.that(!other.offer().get("id").equals(offer.get("id")), "another offer", offer.get("id"));
    target.eventually(
        "the framework to be removed after its timeout of 3 s",
        SOON,
        () -> target.cluster().completedFramework(session.frameworkId()));
  }

  private static void zeroTimeout(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribe(target.framework().suppressed().failoverTimeout(0));
    session.disconnect();
    target.eventually(
        "the framework to be removed at once",
        Duration.ofSeconds(5),
        () -> target.cluster().completedFramework(session.frameworkId()));
  }

  private static void backInTime(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribe(target.framework().suppressed().failoverTimeout(3));
    session.disconnect();
    target.eventually(
        "the framework to be disconnected",
        SOON,
        () ->
            target
                .cluster()
                .framework(session.frameworkId())
                .filter(now -> !now.path("connected").asBoolean()));
    SchedulerSession again = target.subscribe(session.again());
    again.events().expectNone("ERROR", _ -> true, Duration.ofSeconds(5));
    Expect.that(!again.events().ended(), "the new stream to outlive the old timer", "ended");
    Expect.that(
        target.cluster().framework(session.frameworkId()).isPresent(),
        "the framework registered",
        "absent");
  }

  private static void removal(Target target) throws InterruptedException {
    RunningTask task = target.runningTask(target.framework(), UnaryOperator.identity());
    task.session().call("TEARDOWN");
    JsonNode gone =
        target.eventually(
            "the task among the completed ones",
            SOON,
            () -> {
              Optional<JsonNode> completed =
                  target.cluster().task("completed_tasks", task.taskId());
              return completed;
            });
    Expect.equal("TASK_KILLED", gone.path("state").asText(), "state of a removed framework's task");
  }
}
