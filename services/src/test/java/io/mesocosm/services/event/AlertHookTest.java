package io.mesocosm.services.event;

import static io.mesocosm.services.event.Samples.DEPLOYMENT;
import static io.mesocosm.services.event.Samples.NOW;
import static io.mesocosm.services.event.Samples.VERSION;
import static io.mesocosm.services.event.Samples.WEB;
import static io.mesocosm.services.event.Samples.noticed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlertHookTest {
  private static final ServicesEvent REACHED =
      noticed(new ServicesNotice.Own.LaunchLimitReached(WEB, VERSION, 3, 3, "no such file"));

  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Response> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
  private final CountDownLatch never = new CountDownLatch(1);
  private final HttpServer server =
      HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), this::answer);
  private final AlertHook hook = hook(target("/hook?key=secret"), Duration.ofSeconds(20));

  /** Answers 200 unless the test has said otherwise. */
  private Response answer(Request request) {
    requests.add(request);
    Response told = answers.poll();
    return told == null ? Response.empty(200) : told;
  }

  private AlertTarget target(String path) {
    return AlertTarget.parse("http://127.0.0.1:" + server.port() + path);
  }

  private AlertHook hook(AlertTarget target, Duration answerMax) {
    return new AlertHook(
        target,
        new EventWriter(() -> "master-1"),
        new AlertPolicy(2, 3, Duration.ofSeconds(1), answerMax),
        InstantSource.fixed(NOW),
        pauses::add);
  }

  @AfterEach
  void stop() {
    never.countDown();
    hook.close();
    server.close();
  }

  private JsonNode next() throws InterruptedException {
    Request request = requests.poll(30, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return Json.parse(request.body());
  }

  @Test
  void alertIsTheEventAndASentence() throws Exception {
    hook.publish(REACHED);

    Request request = requests.take();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/hook");
    assertThat(request.queryValue("key")).hasValue("secret");
    assertThat(request.header("Content-Type")).hasValue("application/json");
    assertThat(Json.parse(request.body()).toString().replace('"', '\''))
        .isEqualTo(
            "{'runSpecId':'/shop/web','runSpecVersion':'2014-03-01T23:00:00.001Z','attempts':3,"
                + "'maxLaunchAttempts':3,'lastFailure':'no such file',"
                + "'eventType':'launch_limit_reached','timestamp':'2014-03-01T23:29:30.158Z',"
                + "'text':'/shop/web failed 3 times in a row, the limit is maxLaunchAttempts=3,"
                + " and is not launched again until it is changed: no such file'}");
  }

  @Test
  void otherAlerts() throws Exception {
    hook.publish(noticed(new ServicesNotice.DeploymentFailed(DEPLOYMENT, "canceled")));
    JsonNode failed = next();
    assertThat(failed.path("eventType").asText()).isEqualTo("deployment_failed");
    assertThat(failed.path("plan").path("id").asText()).isEqualTo(DEPLOYMENT.id().value());
    assertThat(failed.path("text").asText())
        .isEqualTo("deployment " + DEPLOYMENT.id() + " ended: canceled");

    hook.publish(
        noticed(
            new ServicesNotice.Own.DeploymentStopped(
                new DeploymentId("d1"),
                VERSION,
                WEB,
                "it fails",
                Optional.of(new DeploymentId("d2")))));
    assertThat(next().path("text").asText())
        .isEqualTo("deployment d1 stopped because of /shop/web: it fails; deployment d2 undoes it");

    hook.publish(
        noticed(
            new ServicesNotice.Own.AutoscaleDecided(WEB, 4, 5, 9, 1, 5, 95, 50, "cpu at 95 %")));
    assertThat(next().path("text").asText())
        .isEqualTo("/shop/web would need 9 instances, and may have autoscale.max=5: cpu at 95 %");
  }

  @Test
  void whatIsUsualIsNoAlert() throws Exception {
    hook.publish(
        noticed(new ServicesNotice.Own.AutoscaleDecided(WEB, 4, 5, 5, 1, 5, 62, 50, "busy")));
    hook.publish(noticed(new ServicesNotice.Own.InstanceDraining(Samples.INSTANCE, NOW)));
    hook.publish(noticed(new ServicesNotice.Own.InstanceDrained(Samples.INSTANCE, true)));
    hook.publish(noticed(new ServicesNotice.DeploymentSucceeded(DEPLOYMENT)));
    hook.publish(REACHED);

    assertThat(next().path("eventType").asText()).isEqualTo("launch_limit_reached");
    assertThat(requests).isEmpty();
  }

  @Test
  void failureIsTriedAgainWithLongerPauses() throws Exception {
    answers.add(Response.empty(503));
    answers.add(Response.empty(429));

    hook.publish(REACHED);

    JsonNode first = next();
    assertThat(next()).isEqualTo(first);
    assertThat(next()).isEqualTo(first);
    assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(4));
    assertThat(hook.lost()).isZero();
  }

  @Test
  void thirdFailureIsTheLast() throws Exception {
    for (int i = 0; i < 3; i++) {
      answers.add(Response.empty(500));
    }
    hook.publish(REACHED);
    hook.publish(noticed(new ServicesNotice.DeploymentFailed(DEPLOYMENT, "x")));

    for (int i = 0; i < 3; i++) {
      assertThat(next().path("eventType").asText()).isEqualTo("launch_limit_reached");
    }
    assertThat(next().path("eventType").asText()).isEqualTo("deployment_failed");
    assertThat(hook.lost()).isOne();
  }

  @Test
  void redirectsAreNotFollowedAndRefusalsNotRepeated() throws Exception {
    answers.add(Response.empty(307).withHeader("Location", "/elsewhere"));
    answers.add(Response.empty(404));
    hook.publish(REACHED);
    assertThat(requests.take().path()).isEqualTo("/hook");
    hook.publish(REACHED);
    assertThat(requests.take().path()).isEqualTo("/hook");
    hook.publish(REACHED);
    assertThat(requests.take().path()).isEqualTo("/hook");
    assertThat(pauses).isEmpty();
    assertThat(hook.lost()).isEqualTo(2);
  }

  @Test
  void nobodyThereIsAFailureLikeAnyOther() throws Exception {
    int port = server.port();
    server.close();
    try (AlertHook alone =
        hook(AlertTarget.parse("http://127.0.0.1:" + port + "/"), Duration.ofSeconds(20))) {
      alone.publish(REACHED);
      assertThat(pauses.poll(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(1));
      assertThat(pauses.poll(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(4));
    }
  }

  @Test
  void serverThatNeverAnswersIsLeft() throws Exception {
    try (HttpServer mute =
            HttpServer.start(
                HttpServerOptions.of("mute", "127.0.0.1", 0),
                _ -> {
                  never.await();
                  return Response.empty(200);
                });
        AlertHook impatient =
            hook(
                AlertTarget.parse("http://127.0.0.1:" + mute.port() + "/"),
                Duration.ofMillis(50))) {
      impatient.publish(REACHED);
      assertThat(pauses.poll(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(1));
      assertThat(pauses.poll(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(4));
      never.countDown();
    }
  }

  @Test
  void answerWithoutEndIsAnAnswer() throws Exception {
    answers.add(new Response.Stream(200, Map.of(), sink -> sink.send(new byte[100])));
    hook.publish(REACHED);
    next();
    hook.publish(REACHED);
    next();
    assertThat(hook.lost()).isZero();
    assertThat(pauses).isEmpty();
  }

  @Test
  void publishingNeverWaitsAndWhatIsTooMuchIsLost() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (HttpServer slow =
            HttpServer.start(
                HttpServerOptions.of("slow", "127.0.0.1", 0),
                _ -> {
                  asked.countDown();
                  never.await();
                  return Response.empty(200);
                });
        AlertHook busy =
            hook(
                AlertTarget.parse("http://127.0.0.1:" + slow.port() + "/"),
                Duration.ofSeconds(50))) {
      busy.publish(REACHED);
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 5; i++) {
        busy.publish(REACHED);
      }
      assertThat(busy.lost()).isEqualTo(3);
      never.countDown();
    }
  }

  @Test
  void targetIsCheckedAndItsPathKeptSecret() {
    AlertTarget target = AlertTarget.parse(" https://hooks.example:8443/services/T0/secret?k=v ");
    assertThat(target).hasToString("https://hooks.example:8443/***");
    assertThat(target.uri().getPath()).isEqualTo("/services/T0/secret");
    for (String bad :
        new String[] {
          "hooks.example/secret",
          "ftp://h/secret",
          "http:///secret",
          "http://u:secret@h/",
          "h t:secret"
        }) {
      assertThatThrownBy(() -> AlertTarget.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("an address that ")
          .hasMessageNotContaining("secret");
    }
  }
}
