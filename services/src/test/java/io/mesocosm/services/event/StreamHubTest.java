package io.mesocosm.services.event;

import static io.mesocosm.services.event.Samples.noticed;
import static io.mesocosm.services.event.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.StreamSink;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamHubTest {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final EventStreamLimits LIMITS =
      new EventStreamLimits(100, 3, 400, 100, KEEP_ALIVE);

  private final FakeClock clock = new FakeClock(Samples.NOW);
  private final List<String> attachments = new ArrayList<>();
  private int renderings;
  private final StreamHub hub =
      new StreamHub(
          new EventWriter(this::countedMaster),
          LIMITS,
          StreamHubTest::backlog,
          new Attachment() {
            @Override
            public void attached(Listener listener) {
              attachments.add("+" + listener.id() + listener.query().get("router"));
            }

            @Override
            public void detached(Listener listener) {
              attachments.add("-" + listener.id());
            }
          },
          clock.instant());

  private static long backlog(StreamSink sink) {
    return ((FakeSink) sink).untakenBytes();
  }

  private String countedMaster() {
    renderings++;
    return "m";
  }

  private FakeSink attach(long id, Map<String, List<String>> query) {
    FakeSink sink = new FakeSink();
    Attachment.Listener listener = new Attachment.Listener(id, "10.0.0." + id, query);
    hub.attach(new StreamClient(listener, sink), clock.instant());
    hub.flush(clock.instant());
    return sink;
  }

  private FakeSink attach(long id) {
    return attach(id, Map.of());
  }

  private void publish(int first, int last) {
    IntStream.rangeClosed(first, last)
        .forEach(number -> hub.publish(numbered(number), clock.instant()));
    hub.flush(clock.instant());
  }

  private static List<String> numbers(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(Integer::toString).toList();
  }

  @Test
  void newcomerIsToldToAllAndToItselfFirst() {
    FakeSink first = attach(1);
    FakeSink second = attach(2);

    assertThat(first.received()).containsExactly("event_stream_attached", "event_stream_attached");
    assertThat(second.received()).containsExactly("event_stream_attached");

    assertThat(hub.detach(1, clock.instant())).isTrue();
    assertThat(hub.detach(1, clock.instant())).isFalse();
    hub.flush(clock.instant());

    assertThat(second.received()).containsExactly("event_stream_detached");
    assertThat(first.received()).isEmpty();
  }

  @Test
  void clientGetsTheTypesItAskedFor() {
    FakeSink all = attach(1);
    FakeSink some =
        attach(2, Map.of("event_type", List.of("", "app_terminated_event", "deployment_success")));
    all.received();

    publish(7, 7);
    hub.publish(noticed(new ServicesNotice.Disconnected("")), clock.instant());
    hub.publish(
        noticed(new ServicesNotice.DeploymentSucceeded(Samples.DEPLOYMENT)), clock.instant());
    hub.flush(clock.instant());

    assertThat(all.received())
        .containsExactly("7", "scheduler_disconnected_event", "deployment_success");
    assertThat(some.received()).containsExactly("7", "deployment_success");
  }

  @Test
  void eventIsWrittenDownOnceAndOnlyIfSomebodyWantsIt() {
    ServicesEvent subscribed = noticed(new ServicesNotice.Subscribed("fw", true));
    hub.publish(subscribed, clock.instant());
    assertThat(renderings).isZero();

    attach(1, Map.of("event_type", List.of("deployment_success")));
    hub.publish(subscribed, clock.instant());
    assertThat(renderings).isZero();

    IntStream.range(2, 50).forEach(this::attach);
    hub.publish(subscribed, clock.instant());
    assertThat(renderings).isOne();
  }

  @Test
  void whatComesTogetherIsFlushedTogether() {
    FakeSink sink = attach(1);
    int before = sink.flushes();
    hub.publish(numbered(1), clock.instant());
    hub.publish(numbered(2), clock.instant());
    assertThat(sink.flushes()).isEqualTo(before);
    hub.flush(clock.instant());
    assertThat(sink.flushes()).isEqualTo(before + 1);
    hub.flush(clock.instant());
    assertThat(sink.flushes()).isEqualTo(before + 1);
  }

  @Test
  void blankLineComesEveryTenSeconds() {
    FakeSink sink = attach(1);
    sink.received();
    assertThat(hub.patience(clock.instant())).isEqualTo(KEEP_ALIVE);

    clock.advance(KEEP_ALIVE.minusMillis(1));
    hub.flush(clock.instant());
    assertThat(sink.received()).isEmpty();
    assertThat(hub.patience(clock.instant())).isEqualTo(Duration.ofMillis(1));

    clock.advance(Duration.ofMillis(1));
    hub.flush(clock.instant());
    assertThat(sink.received()).containsExactly("blank");
    assertThat(hub.patience(clock.instant())).isEqualTo(KEEP_ALIVE);
  }

  @Test
  void slowClientLosesWhatItHasNoRoomForAndNobodyElseDoes() {
    FakeSink slow = attach(1);
    FakeSink quick = attach(2);
    slow.received();
    quick.received();
    slow.reads(false);

    // Four of about 110 bytes fit into the 400 unwritten bytes, and three wait.
    for (int number = 1; number <= 10; number++) {
      publish(number, number);
    }

    assertThat(quick.received()).isEqualTo(numbers(1, 10));
    assertThat(slow.received()).isEqualTo(numbers(1, 4));
    assertThat(hub.lost()).isEqualTo(3);
    assertThat(hub.patience(clock.instant())).isLessThan(Duration.ofSeconds(1));

    slow.reads(true);
    hub.flush(clock.instant());
    assertThat(slow.received()).isEqualTo(numbers(5, 7));
    publish(11, 12);
    assertThat(slow.received()).isEqualTo(numbers(11, 12));
    assertThat(hub.patience(clock.instant())).isEqualTo(KEEP_ALIVE);
  }

  @Test
  void slowClientGetsNoBlankLinesOnTop() {
    FakeSink slow = attach(1);
    slow.reads(false);
    publish(1, 6);
    slow.received();

    clock.advance(KEEP_ALIVE);
    hub.flush(clock.instant());

    assertThat(slow.received()).isEmpty();
  }

  @Test
  void attachmentHearsOfEachOnceWithItsQuery() {
    attach(1, Map.of("router", List.of("edge")));
    attach(2);
    hub.detach(1, clock.instant());
    hub.detach(1, clock.instant());

    assertThat(attachments).containsExactly("+1[edge]", "+2null", "-1");
  }

  @Test
  void endEndsAll() {
    FakeSink first = attach(1);
    FakeSink second = attach(2);

    hub.end();

    assertThat(first.isClosed()).isTrue();
    assertThat(second.isClosed()).isTrue();
    assertThat(attachments).containsExactly("+1null", "+2null");
  }

  @Test
  void eventThatCannotBeWrittenDoesNotStopTheOthers() {
    StreamHub broken =
        new StreamHub(
            new EventWriter(() -> {
              throw new IllegalStateException("broken on purpose");
            }),
            LIMITS,
            StreamHubTest::backlog,
            Attachment.NONE,
            clock.instant());
    FakeSink sink = new FakeSink();
    broken.attach(
        new StreamClient(new Attachment.Listener(1, "10.0.0.1", Map.of()), sink), clock.instant());

    broken.publish(noticed(new ServicesNotice.Subscribed("fw", true)), clock.instant());
    broken.publish(numbered(1), clock.instant());
    broken.flush(clock.instant());

    assertThat(sink.received()).containsExactly("event_stream_attached", "1");
  }
}
