package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what an election tells, in order: {@code leader X}, {@code elected}, {@code lost why}. */
final class RecordingListener implements ElectionListener {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<VersionedStore> stores = new LinkedBlockingQueue<>();

  @Override
  public void elected(VersionedStore given) {
    stores.add(given);
    told.add("elected");
  }

  @Override
  public void lost(String why) {
    told.add("lost " + why);
  }

  @Override
  public void leaderChanged(Optional<byte[]> leader) {
    told.add("leader " + leader.map(words -> new String(words, UTF_8)).orElse("nobody"));
  }

  /** Of the leader, once {@link #isElected} or the like. */
  VersionedStore store() {
    return stores.element();
  }

  /** The next one, which must come within ten seconds. */
  String next() throws InterruptedException {
    String event = told.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("something told within 10 seconds").isNotNull();
    return event;
  }

  void hears(String... expected) throws InterruptedException {
    for (String event : expected) {
      assertThat(next()).isEqualTo(event);
    }
  }

  /** Passes over leaders. */
  void isElected() throws InterruptedException {
    String event = next();
    while (event.startsWith("leader")) {
      event = next();
    }
    assertThat(event).isEqualTo("elected");
  }

  /** Passes over leaders. */
  String loses() throws InterruptedException {
    String event = next();
    while (event.startsWith("leader")) {
      event = next();
    }
    assertThat(event).startsWith("lost ");
    return event;
  }

  boolean heardNothing() {
    return told.isEmpty();
  }
}
