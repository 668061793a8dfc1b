package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.http.Response;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.MediaType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class SchedulerClientTest {
  private static final FrameworkInfo INFO =
      FrameworkInfo.newBuilder().setUser("me").setName("test").addRoles("dev").build();

  /** What the listener heard, one line each. */
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final SchedulerListener listener =
      new SchedulerListener() {
        @Override
        public void onEvent(Event event) {
          heard.add(
              switch (event.getType()) {
                case RESCIND -> "RESCIND " + event.getRescind().getOfferId().getValue();
                case ERROR -> "ERROR " + event.getError().getMessage();
                default -> event.getType().name();
              });
          if (event.hasRescind() && event.getRescind().getOfferId().getValue().equals("poison")) {
            throw new IllegalStateException("the listener cannot take poison");
          }
        }

        @Override
        public void onDisconnected(String reason) {
          heard.add("disconnected: " + reason);
        }

        @Override
        public void onCallRefused(Call call, int status, String body) {
          heard.add("refused " + call.getType() + " " + status + " " + body);
        }
      };

  private final FakeMaster master = new FakeMaster();
  private final List<AutoCloseable> closedLast = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable open : closedLast.reversed()) {
      open.close();
    }
    master.close();
  }

  @ParameterizedTest
  @EnumSource(MediaType.class)
  void eventsComeInOrderAndHeartbeatsAreKeptBack(MediaType type) throws Exception {
    start(options(type, master.uri()));

    FakeMaster.Stream stream = master.stream();
    stream.subscribed("f-1", 15).heartbeat().rescind("a").heartbeat().rescind("b");

    assertThat(stream.subscribe().hasFrameworkId()).isFalse();
    FrameworkInfo info = stream.subscribe().getSubscribe().getFrameworkInfo();
    assertThat(info.getName()).isEqualTo("test");
    assertThat(info.getRolesList()).containsExactly("dev");
    assertThat(info.hasId()).isFalse();
    assertThat(stream.subscribe().getSubscribe().getSuppressedRolesList()).containsExactly("dev");
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(heard()).isEqualTo("RESCIND a");
    assertThat(heard()).isEqualTo("RESCIND b");
  }

  @ParameterizedTest
  @EnumSource(MediaType.class)
  void callsBearTheIdsAndKeepTheirOrder(MediaType type) throws Exception {
    SchedulerClient client = start(options(type, master.uri()));
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    for (int i = 0; i < 50; i++) {
      assertThat(client.send(kill("t" + i))).isTrue();
    }

    for (int i = 0; i < 50; i++) {
      FakeMaster.Received received = master.call();
      assertThat(received.call().getKill().getTaskId().getValue()).isEqualTo("t" + i);
      assertThat(received.call().getFrameworkId().getValue()).isEqualTo("f-1");
      assertThat(received.streamId()).contains("stream-1");
    }
  }

  @Test
  void callWithoutSubscriptionIsDropped() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream stream = master.stream();

    assertThat(client.send(kill("early"))).isFalse();
    stream.subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(client.send(kill("timely"))).isTrue();

    assertThat(master.call().call().getKill().getTaskId().getValue()).isEqualTo("timely");
  }

  @Test
  void updateFrameworkIsGivenTheIdInBothPlaces() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    client.send(
        Call.newBuilder()
            .setType(Call.Type.UPDATE_FRAMEWORK)
            .setUpdateFramework(Call.UpdateFramework.newBuilder().setFrameworkInfo(INFO))
            .build());

    Call call = master.call().call();
    assertThat(call.getFrameworkId().getValue()).isEqualTo("f-1");
    assertThat(call.getUpdateFramework().getFrameworkInfo().getId().getValue()).isEqualTo("f-1");
  }

  @Test
  void lostStreamIsSubscribedAgainWithTheSameId() throws Exception {
    start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream first = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    first.end();

    FakeMaster.Stream second = master.stream();
    assertThat(heard()).isEqualTo("disconnected: the master ended the stream");
    assertThat(second.subscribe().getFrameworkId().getValue()).isEqualTo("f-1");
    assertThat(second.subscribe().getSubscribe().getFrameworkInfo().getId().getValue())
        .isEqualTo("f-1");
    second.subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
  }

  @Test
  void rememberedIdIsSubscribedWithFromTheStart() throws Exception {
    FrameworkInfo known = withId("f-9");
    start(
        new SchedulerClientOptions(
            List.of(master.uri()),
            known,
            List.of(),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            MediaType.JSON));

    Call subscribe = master.stream().subscribe();

    assertThat(subscribe.getFrameworkId().getValue()).isEqualTo("f-9");
    assertThat(subscribe.getSubscribe().getFrameworkInfo().getId()).isEqualTo(known.getId());
  }

  @Test
  void changedInfoComesWithTheNextSubscriptionAndKeepsTheId() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream first = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    client.framework(INFO.toBuilder().setName("renamed").build());
    first.end();

    FrameworkInfo info = master.stream().subscribe().getSubscribe().getFrameworkInfo();
    assertThat(info.getName()).isEqualTo("renamed");
    assertThat(info.getId().getValue()).isEqualTo("f-1");
  }

  @Test
  void missedHeartbeatsAreADisconnection() throws Exception {
    start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream silent = master.stream().subscribed("f-1", 0.05);

    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(heard()).isEqualTo("disconnected: nothing was heard of the master for 250 ms");
    silent.ended.get(10, TimeUnit.SECONDS);
    assertThat(master.stream().subscribe().getFrameworkId().getValue()).isEqualTo("f-1");
  }

  @Test
  void heartbeatsKeepTheSubscription() throws Exception {
    start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 0.2);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    // More than the silence that would end it, in pieces.
    for (int i = 0; i < 12; i++) {
      assertThat(heard.poll(100, TimeUnit.MILLISECONDS)).isNull();
      stream.heartbeat();
    }
    stream.rescind("still here");

    assertThat(heard()).isEqualTo("RESCIND still here");
  }

  @Test
  void errorIsDeliveredAndEndsTheSubscription() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 15);
    stream.error("Framework failed over");

    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(heard()).isEqualTo("ERROR Framework failed over");
    assertThat(heard()).isEqualTo("disconnected: the master says: Framework failed over");
    stream.ended.get(10, TimeUnit.SECONDS);
    assertThat(client.send(kill("late"))).isFalse();
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
  }

  @Test
  void refusedSubscriptionIsTriedAgain() throws Exception {
    master.answerSubscribe(Response.text(503, "No leader elected"));
    start(options(MediaType.PROTOBUF, master.uri()));

    assertThat(heard()).endsWith("answered 503: No leader elected");
    master.takeSubscriptionsAgain();

    master.stream().subscribed("f-1", 15);
    String last = heard();
    while (last.startsWith("disconnected")) {
      last = heard();
    }
    assertThat(last).isEqualTo("SUBSCRIBED");
  }

  @Test
  void streamThatIsNoneIsADisconnection() throws Exception {
    start(options(MediaType.PROTOBUF, master.uri()));

    master.stream().garbage();

    assertThat(heard()).startsWith("disconnected: the master sent what is no event: ");
    master.stream();
  }

  @Test
  void refusedCallIsReported() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    master.answerCalls(Response.text(403, "Framework is not subscribed"));

    client.send(kill("t"));

    assertThat(heard()).isEqualTo("refused KILL 403 Framework is not subscribed");
  }

  @Test
  void callThatBreaksOnTheWayEndsTheSubscription() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream first = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    master.breakCalls(true);

    client.send(SchedulerCalls.decline(List.of(offer("o")), Optional.empty()));

    assertThat(heard())
        .startsWith("disconnected: a DECLINE call may not have reached the master at 127.0.0.1");
    first.ended.get(10, TimeUnit.SECONDS);
    master.breakCalls(false);
    assertThat(master.stream().subscribed("f-1", 15).subscribe().getFrameworkId().getValue())
        .isEqualTo("f-1");
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(client.send(kill("t"))).isTrue();
    assertThat(master.call().call().getType()).isEqualTo(Call.Type.KILL);
  }

  @Test
  void credentialGoesWithTheSubscriptionAndWithEveryCall() throws Exception {
    SchedulerClient client =
        start(
            options(MediaType.PROTOBUF, master.uri())
                .withAccess(ClientAccess.basic(new Credential("alice", "wonderland"))));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    client.send(kill("t"));

    assertThat(stream.authorization()).contains("Basic YWxpY2U6d29uZGVybGFuZA==");
    assertThat(master.call().authorization()).contains("Basic YWxpY2U6d29uZGVybGFuZA==");
  }

  @Test
  void redirectIsFollowedAndCallsGoToTheLeader() throws Exception {
    FakeMaster standby = standby();
    SchedulerClient client = start(options(MediaType.PROTOBUF, standby.uri()));

    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    client.send(kill("t"));

    assertThat(master.call().call().getKill().getTaskId().getValue()).isEqualTo("t");
    assertThat(standby.hasCalls()).isFalse();
  }

  @Test
  void mastersAreTriedInTurn() throws Exception {
    FakeMaster stopped = new FakeMaster();
    URI nobody = stopped.uri();
    stopped.close();
    start(options(MediaType.PROTOBUF, nobody, master.uri()));

    master.stream().subscribed("f-1", 15);

    assertThat(heard()).startsWith("disconnected: cannot connect to " + nobody);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
  }

  @Test
  void whenTheLeaderChangesTheSubscriptionMovesToIt() throws Exception {
    FakeMaster other = closedLast(new FakeMaster());
    Detected detected = new Detected();
    SchedulerClient client = start(options(MediaType.PROTOBUF, detected));
    assertThat(heard()).isEqualTo("disconnected: no leading master is known");

    detected.leads(master.uri());
    FakeMaster.Stream first = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    detected.leads(other.uri());

    first.ended.get(10, TimeUnit.SECONDS);
    other.stream().subscribed("f-1", 15);
    assertThat(heard()).startsWith("disconnected: ");
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(client.send(kill("t"))).isTrue();
    assertThat(other.call().call().getType()).isEqualTo(Call.Type.KILL);
  }

  @Test
  void subscriptionThatStandsOutlastsWordOfTheSameLeader() throws Exception {
    Detected detected = new Detected();
    detected.leads(master.uri());
    SchedulerClient client = start(options(MediaType.PROTOBUF, detected));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    detected.leads(master.uri());
    detected.isForgotten();

    assertThat(client.send(kill("t"))).isTrue();
    assertThat(master.call().call().getType()).isEqualTo(Call.Type.KILL);
    assertThat(stream.ended).isNotDone();
  }

  @Test
  void masterThatAnswersNothingIsLeftForTheNewLeader() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket _ = silent.accept()) {
              asked.countDown();
              new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (IOException | InterruptedException _) {
              asked.countDown(); // the test is over
            }
          });
      Detected detected = new Detected();
      detected.leads(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
      start(options(MediaType.PROTOBUF, detected));
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

      detected.leads(master.uri());

      master.stream().subscribed("f-1", 15);
    }
  }

  @Test
  void callThatAMasterDoesNotTakeBecauseItLeadsNoMoreEndsTheSubscription() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream first = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    master.answerCalls(Response.text(503, "No leader elected"));

    client.send(SchedulerCalls.decline(List.of(offer("o")), Optional.empty()));

    assertThat(heard()).isEqualTo("refused DECLINE 503 No leader elected");
    assertThat(heard()).contains("answered a DECLINE call with 503");
    first.ended.get(10, TimeUnit.SECONDS);
    master.stream();
  }

  @Test
  void mastersThatSendOneInCirclesAreGivenUp() throws Exception {
    FakeMaster other = closedLast(new FakeMaster());
    other.answerSubscribe(to(master));
    master.answerSubscribe(to(other));
    start(options(MediaType.PROTOBUF, master.uri()));

    assertThat(heard()).contains("answered 307");
    master.takeSubscriptionsAgain();
    master.stream();
  }

  @Test
  void afterACutNothingIsSentAndNothingIsTold() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    client.cut();

    assertThat(client.send(kill("t"))).isFalse();
    stream.ended.get(10, TimeUnit.SECONDS);
    assertThat(master.hasCalls()).isFalse();
    assertThat(heard).isEmpty();
  }

  /** A leader that the test names. */
  private static final class Detected implements MasterLocator {
    private final List<Consumer<URI>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<URI> masters = List.of();

    void leads(URI master) {
      masters = List.of(master);
      listeners.forEach(listener -> listener.accept(master));
    }

    void isForgotten() {
      masters = List.of();
    }

    @Override
    public List<URI> masters() {
      return masters;
    }

    @Override
    public Watch watch(Consumer<URI> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }
  }

  @Test
  void listenerThatFailsLosesThatEventOnly() throws Exception {
    start(options(MediaType.PROTOBUF, master.uri()));

    master.stream().subscribed("f-1", 15).rescind("poison").rescind("b");

    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(heard()).isEqualTo("RESCIND poison");
    assertThat(heard()).isEqualTo("RESCIND b");
  }

  @Test
  void closeSendsWhatWaitsAndThenEndsTheStream() throws Exception {
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    FakeMaster.Stream stream = master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    client.send(Call.newBuilder().setType(Call.Type.TEARDOWN).build());
    client.close();

    assertThat(master.call().call().getType()).isEqualTo(Call.Type.TEARDOWN);
    stream.ended.get(10, TimeUnit.SECONDS);
    assertThat(client.send(kill("late"))).isFalse();
    client.close();
    assertThat(heard).isEmpty();
  }

  @Test
  void clientThatIsRefusedAllTheTimeCanBeClosed() throws Exception {
    master.answerSubscribe(Response.text(503, "No leader elected"));
    SchedulerClient client = start(options(MediaType.PROTOBUF, master.uri()));
    assertThat(heard()).contains("503");

    client.close();
    heard.clear();

    assertThat(heard.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void addressThatIsNoneIsRefusedAtOnce() {
    assertThatThrownBy(() -> options(MediaType.JSON, URI.create("localhost:5050")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("localhost:5050 is no address of a master: give one like http://10.0.0.1:5050");
  }

  private SchedulerClient start(SchedulerClientOptions options) {
    SchedulerClient client = SchedulerClient.start(options, listener, new SplittableRandom(7));
    closedLast.add(client);
    return client;
  }

  private static SchedulerClientOptions options(MediaType type, URI... masters) {
    return new SchedulerClientOptions(
        List.of(masters), INFO, List.of("dev"), Duration.ofMillis(5), Duration.ofMillis(20), type);
  }

  private static SchedulerClientOptions options(MediaType type, MasterLocator locator) {
    return new SchedulerClientOptions(
        locator,
        INFO,
        List.of("dev"),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        type,
        ClientAccess.ANONYMOUS);
  }

  /** A master that does not lead and knows who does (§2, condition 2). */
  private FakeMaster standby() {
    FakeMaster standby = closedLast(new FakeMaster());
    standby.answerSubscribe(to(master));
    return standby;
  }

  private static Response to(FakeMaster leader) {
    return Response.empty(307)
        .withHeader("Location", "//127.0.0.1:" + leader.uri().getPort() + "/api/v1/scheduler");
  }

  private <T extends AutoCloseable> T closedLast(T open) {
    closedLast.add(open);
    return open;
  }

  private String heard() throws InterruptedException {
    String line = heard.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("something heard within 10 s").isNotNull();
    return line;
  }

  private static OfferID offer(String id) {
    return OfferID.newBuilder().setValue(id).build();
  }

  private static FrameworkInfo withId(String id) {
    return INFO.toBuilder().setId(FrameworkID.newBuilder().setValue(id)).build();
  }

  private static Call kill(String task) {
    return Call.newBuilder()
        .setType(Call.Type.KILL)
        .setKill(Call.Kill.newBuilder().setTaskId(TaskID.newBuilder().setValue(task)))
        .build();
  }
}
