package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.protocol.MediaType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of status codes of contracts/mesos-scheduler-api.md section 2, over real HTTP. */
@Timeout(60)
class SchedulerEndpointTest {
  private static final String PATH = "/api/v1/scheduler";
  private static final String JSON = MediaType.JSON.contentType();
  private static final String SUBSCRIBE =
      "{\"type\":\"SUBSCRIBE\",\"subscribe\":{\"framework_info\":{\"user\":\"u\",\"name\":\"n\"}}}";

  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(fixture.crash).isNotDone();
  }

  @ParameterizedTest
  @EnumSource
  void subscriptionsGetAStreamThatBeginsWithSubscribedAndAHeartbeat(MediaType type)
      throws Exception {
    try (Scheduler scheduler = fixture.subscribe(type, MasterFixture.INFO.build())) {
      assertThat(scheduler.stream().status()).isEqualTo(200);
      assertThat(scheduler.stream().header("Content-Type")).contains(type.contentType());
      assertThat(scheduler.streamId()).hasSizeBetween(1, 128);

      Event subscribed = scheduler.next();
      assertThat(subscribed.getType()).isEqualTo(Event.Type.SUBSCRIBED);
      assertThat(subscribed.getSubscribed().getFrameworkId().getValue()).endsWith("-0000");
      assertThat(subscribed.getSubscribed().getHeartbeatIntervalSeconds()).isEqualTo(15.0);
      assertThat(subscribed.getSubscribed().getMasterInfo().getPort())
          .isEqualTo(fixture.master.port());
      assertThat(scheduler.next().getType()).isEqualTo(Event.Type.HEARTBEAT);
    }
  }

  @Test
  void everyRouteExistsUnderMasterToo() throws Exception {
    assertStatus(post("/master" + PATH, Map.of("Content-Type", JSON), "{}"), 400, "type");
    assertThat(fixture.get("/master/health").statusCode()).isEqualTo(200);
  }

  @Test
  void row4OnlyPostIsAllowed() throws Exception {
    HttpResponse<String> reply = fixture.get(PATH);

    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void row5TheContentTypeMustBePresent() throws Exception {
    assertStatus(post(PATH, Map.of(), SUBSCRIBE), 400, "Expecting 'Content-Type' to be present");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "{\"type\":7}", "{\"type\":\"SUBSCRIBE\",\"subscribe\":{}}"})
  void row6WhatCannotBeParsedIsRefused(String body) throws Exception {
    assertThat(post(PATH, Map.of("Content-Type", JSON), body).statusCode()).isEqualTo(400);
  }

  @Test
  void row6ProtobufThatCannotBeParsedIsRefused() throws Exception {
    assertThat(
            post(PATH, Map.of("Content-Type", MediaType.PROTOBUF.contentType()), SUBSCRIBE)
                .statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/json; charset=utf-8"})
  void row7OtherContentTypesAreRefused(String contentType) throws Exception {
    assertStatus(
        post(PATH, Map.of("Content-Type", contentType), SUBSCRIBE),
        415,
        "Expecting 'Content-Type' of application/json or application/x-protobuf");
  }

  @Test
  void row8InvalidCallsAreRefused() throws Exception {
    assertStatus(
        post(PATH, Map.of("Content-Type", JSON), "{}"),
        400,
        "Failed to validate scheduler::Call: Expecting 'type' to be present");
  }

  @Test
  void row9SubscribersMustAcceptOneOfBothTypes() throws Exception {
    assertStatus(
        post(PATH, Map.of("Content-Type", JSON, "Accept", "text/html"), SUBSCRIBE), 406, "Accept");
  }

  @Test
  void row10SubscriptionsCarryNoStreamId() throws Exception {
    assertStatus(
        post(PATH, Map.of("Content-Type", JSON, "Mesos-Stream-Id", "x"), SUBSCRIBE),
        400,
        "Subscribe calls should not include the 'Mesos-Stream-Id' header");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody-0000", "", "a/b"})
  void row11UnknownFrameworksAreRefused(String id) throws Exception {
    assertStatus(
        post(
            PATH,
            Map.of("Content-Type", JSON, "Mesos-Stream-Id", "x"),
            "{\"type\":\"REVIVE\",\"framework_id\":{\"value\":\"" + id + "\"}}"),
        400,
        "Framework cannot be found");
  }

  @Test
  void row13DisconnectedFrameworksAreRefused() throws Exception {
    FrameworkID id;
    String stream;
    try (Scheduler scheduler = fixture.subscribe(MediaType.PROTOBUF, MasterFixture.INFO.build())) {
      id = scheduler.next().getSubscribed().getFrameworkId();
      stream = scheduler.streamId();
    }
    awaitState("\"connected\":false");

    assertStatus(call(Call.Type.REVIVE, id, stream), 403, "Framework is not subscribed");
  }

  @Test
  void row15TheStreamIdMustBeTheSubscriptions() throws Exception {
    try (Scheduler scheduler = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      FrameworkID id = scheduler.next().getSubscribed().getFrameworkId();

      assertThat(call(Call.Type.REVIVE, id, "").statusCode()).isEqualTo(400);
      assertThat(call(Call.Type.REVIVE, id, "wrong").statusCode()).isEqualTo(400);
      assertThat(call(Call.Type.REVIVE, id, scheduler.streamId()).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void row16UnknownCallsAreNotImplemented() throws Exception {
    try (Scheduler scheduler = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      FrameworkID id = scheduler.next().getSubscribed().getFrameworkId();

      assertThat(call(Call.Type.UNKNOWN, id, scheduler.streamId()).statusCode()).isEqualTo(501);
    }
  }

  @Test
  void aRefusedSubscriptionIsAStreamOfOneError() throws Exception {
    try (Scheduler scheduler =
        fixture.subscribe(
            MediaType.JSON, MasterFixture.INFO.clone().clearRoles().addRoles("a//b").build())) {
      assertThat(scheduler.stream().status()).isEqualTo(200);
      assertThat(scheduler.next().getType()).isEqualTo(Event.Type.ERROR);
      assertThat(scheduler.stream().next()).isEmpty();
    }
  }

  @Test
  void aSecondSubscriptionTakesOver() throws Exception {
    try (Scheduler first = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      FrameworkID id = first.next().getSubscribed().getFrameworkId();
      try (Scheduler second =
          fixture.subscribe(MediaType.JSON, MasterFixture.INFO.clone().setId(id).build())) {
        assertThat(second.next().getSubscribed().getFrameworkId()).isEqualTo(id);
        assertThat(first.next(Event.Type.ERROR).getError().getMessage())
            .isEqualTo("Framework failed over");
        assertThat(call(Call.Type.REVIVE, id, first.streamId()).statusCode()).isEqualTo(400);
        assertThat(call(Call.Type.REVIVE, id, second.streamId()).statusCode()).isEqualTo(202);
      }
    }
  }

  @Test
  void teardownEndsTheStream() throws Exception {
    try (Scheduler scheduler = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      FrameworkID id = scheduler.next().getSubscribed().getFrameworkId();

      assertThat(call(Call.Type.TEARDOWN, id, scheduler.streamId()).statusCode()).isEqualTo(202);

      assertThat(scheduler.next().getType()).isEqualTo(Event.Type.HEARTBEAT);
      assertThat(scheduler.stream().next()).isEmpty();
      assertThat(fixture.get("/frameworks").body())
          .contains("\"frameworks\":[]")
          .contains(id.getValue());
    }
  }

  private HttpResponse<String> call(Call.Type type, FrameworkID id, String stream)
      throws IOException, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", MediaType.PROTOBUF.contentType());
    if (!stream.isEmpty()) {
      headers.put("Mesos-Stream-Id", stream);
    }
    Call call = Call.newBuilder().setType(type).setFrameworkId(id).build();
    return fixture.post(PATH, headers, call.toByteArray());
  }

  private HttpResponse<String> post(String path, Map<String, String> headers, String body)
      throws IOException, InterruptedException {
    return fixture.post(path, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Each question is answered by the core after all it was told before. */
  private void awaitState(String part) throws IOException, InterruptedException {
    while (!fixture.get("/frameworks").body().contains(part)) {
      Thread.onSpinWait();
    }
  }

  private static void assertStatus(HttpResponse<String> reply, int status, String text) {
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    assertThat(reply.body()).contains(text);
  }
}
