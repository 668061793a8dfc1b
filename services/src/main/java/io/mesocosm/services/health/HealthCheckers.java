package io.mesocosm.services.health;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The health checks of running instances that are ours to do, a virtual thread each (contracts
 * /marathon-api.md §7). The first probe is made at once, each further one an interval after the
 * last; what is done with the results is for the core to say.
 */
public final class HealthCheckers implements AutoCloseable {
  /** Hears of every result, on the checker's thread; may block. */
  @FunctionalInterface
  public interface Reporter {
    /**
     * @param check the index of the check in the app's definition
     * @param cause why it is not alive; empty if it is
     */
    void report(InstanceId instance, int check, boolean alive, String cause);
  }

  private final Reporter reporter;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("health-check-", 0).factory());
  private final Prober prober = new Prober(threads);
  // Checkers take turns: so many probes at once and no more.
  private final Semaphore probes;
  // The event loop starts and stops, whoever closes stops all.
  private final Map<InstanceId, CountDownLatch> stopByInstance = new ConcurrentHashMap<>();

  /**
   * @param probesMax how many probes may be under way at once
   */
  public HealthCheckers(int probesMax, Reporter reporter) {
    this.probes = new Semaphore(probesMax);
    this.reporter = reporter;
  }

  /** Begins the checks of an instance; does nothing if they are under way. Never blocks. */
  public void start(Instance instance, AppDefinition app) {
    CountDownLatch stop = new CountDownLatch(1);
    if (stopByInstance.putIfAbsent(instance.id(), stop) != null) {
      return;
    }
    List<Runnable> checkers = new ArrayList<>();
    for (int i = 0; i < app.healthChecks().size(); i++) {
      HealthCheck check = app.healthChecks().get(i);
      if (!check.kind().isByAgent()) {
        int index = i;
        checkers.add(() -> run(instance, app, check, index, stop));
      }
    }
    checkers.forEach(threads::execute);
  }

  /** Ends the checks of an instance; a result on its way may still come. Never blocks. */
  public void stop(InstanceId instance) {
    CountDownLatch stop = stopByInstance.remove(instance);
    if (stop != null) {
      stop.countDown();
    }
  }

  private void run(
      Instance instance, AppDefinition app, HealthCheck check, int index, CountDownLatch stop) {
    Optional<Probe> probe = Probe.of(check, instance, app);
    try {
      do {
        Optional<String> cause =
            probe.isPresent()
                ? probe(probe.get())
                : Optional.of("the instance has no port for check " + index);
        if (stop.getCount() > 0) {
          reporter.report(instance.id(), index, cause.isEmpty(), cause.orElse(""));
        }
      } while (!stop.await(check.interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> probe(Probe probe) throws InterruptedException {
    probes.acquire();
    try {
      return prober.probe(probe);
    } finally {
      probes.release();
    }
  }

  @Override
  public void close() {
    stopByInstance.keySet().forEach(this::stop);
    threads.shutdownNow();
    prober.close();
  }
}
