package io.mesocosm.bench;

import io.mesocosm.bench.cluster.ServicesClient;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Scales apps up and down at a steady rate until closed: one after the other, up and then down. */
final class SteadyDeployments implements AutoCloseable {
  private static final int MORE = 2;

  private final ServicesClient client;
  private final int apps;
  private final int instances;
  private final long apartNanos;
  // Its thread writes them, whoever measures reads them.
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread thread;

  /**
   * @param instances that each app has
   */
  SteadyDeployments(ServicesClient client, int apps, int instances, int perSecond) {
    this.client = client;
    this.apps = apps;
    this.instances = instances;
    this.apartNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.thread = Thread.ofPlatform().name("deployments").daemon().start(this::run);
  }

  static String app(int index) {
    return String.format(Locale.ROOT, "/bench/app-%05d", index);
  }

  long accepted() {
    return accepted.get();
  }

  long refused() {
    return refused.get();
  }

  private void run() {
    long due = System.nanoTime();
    for (long number = 0; !ended.get(); number++) {
      int index = (int) (number % apps);
      int wanted = number / apps % 2 == 0 ? instances + MORE : instances;
      (client.scale(app(index), wanted).accepted() ? accepted : refused).incrementAndGet();
      due = Math.max(due + apartNanos, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      pauseUntil(due);
    }
  }

  private static void pauseUntil(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
