package io.mesocosm.services.autoscale;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesEffect.Measure.Site;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Carries out {@link ServicesEffect.Measure}: each on a virtual thread, one at a time for an app.
 * What comes of it goes back to the core as a command, whatever happens. Thread-safe.
 */
public final class Measurer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Measurer.class.getName());

  private static final int AGENTS_AT_ONCE_MAX = 64;

  /** For each answer of an address. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Consumer<ServicesCommand> mailbox;
  private final Fetcher strangers;
  private final Fetcher cluster;
  private final MetricReader metrics;
  private final AgentReadings readings;
  private final Set<AppId> underWay = ConcurrentHashMap.newKeySet();
  private final Semaphore agentsAtOnce = new Semaphore(AGENTS_AT_ONCE_MAX);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("measure-", 0).factory());

  /**
   * @param masters the one that leads says where agents are
   * @param access shown to it and to agents; never to metrics' addresses, which users choose
   * @param interval between two measurements of an app
   * @param mailbox takes commands for the core; may block
   */
  public Measurer(
      MasterLocator masters,
      ClientAccess access,
      InstantSource clock,
      Duration interval,
      Consumer<ServicesCommand> mailbox) {
    this(masters, access, clock, interval, TIMEOUT, mailbox);
  }

  Measurer(
      MasterLocator masters,
      ClientAccess access,
      InstantSource clock,
      Duration interval,
      Duration timeout,
      Consumer<ServicesCommand> mailbox) {
    this.mailbox = mailbox;
    this.strangers = new Fetcher(ClientAccess.ANONYMOUS, timeout);
    this.metrics = new MetricReader(strangers);
    this.cluster = new Fetcher(access, timeout);
    this.readings =
        new AgentReadings(
            new AgentAddresses(masters, cluster, access.tls().isPresent()),
            cluster,
            clock,
            interval);
  }

  /** Begins; does nothing while the last one of the app is under way. Never blocks. */
  public void measure(ServicesEffect.Measure wanted) {
    if (!underWay.add(wanted.app())) {
      return;
    }
    try {
      threads.execute(() -> report(wanted));
    } catch (RejectedExecutionException e) {
      // closed: nobody listens any more
      underWay.remove(wanted.app());
    }
  }

  private void report(ServicesEffect.Measure wanted) {
    ServicesCommand.Measured report;
    try {
      double value =
          switch (wanted.target()) {
            case Autoscale.Target.Metric metric -> metrics.read(metric.url());
            case Autoscale.Target.CpuPercent _ -> cpuPercent(wanted);
          };
      report = new ServicesCommand.Measured(wanted.app(), OptionalDouble.of(value), "");
    } catch (UnmeasurableException e) {
      report =
          new ServicesCommand.Measured(
              wanted.app(), OptionalDouble.empty(), String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      LOG.log(WARNING, "cannot measure " + wanted.app(), e);
      report = new ServicesCommand.Measured(wanted.app(), OptionalDouble.empty(), e.toString());
    } finally {
      underWay.remove(wanted.app());
    }
    mailbox.accept(report);
  }

  /** The average over its instances, of which half have to be known. */
  private double cpuPercent(ServicesEffect.Measure wanted)
      throws UnmeasurableException, InterruptedException {
    if (wanted.cpus() <= 0) {
      throw new UnmeasurableException(
          wanted.app() + " asks for no cpus, so no part of them is used");
    }
    readings.sweep();
    Map<String, List<Site>> sitesByAgent = new TreeMap<>();
    wanted
        .sites()
        .forEach(
            site -> sitesByAgent.computeIfAbsent(site.agentId(), _ -> new ArrayList<>()).add(site));
    List<Future<AgentReadings.Pair>> asked = new ArrayList<>();
    List<List<Site>> sites = List.copyOf(sitesByAgent.values());
    for (List<Site> onAgent : sites) {
      Site one = onAgent.getFirst();
      asked.add(threads.submit(() -> pair(one.agentId(), one.hostname())));
    }
    int known = 0;
    double cpus = 0;
    Optional<String> failure = Optional.empty();
    for (int i = 0; i < sites.size(); i++) {
      try {
        AgentReadings.Pair pair = asked.get(i).get();
        for (Site site : sites.get(i)) {
          OptionalDouble used =
              pair.before().isPresent()
                  ? pair.last().cpusSince(pair.before().get(), site.taskId())
                  : OptionalDouble.empty();
          known += used.isPresent() ? 1 : 0;
          cpus += used.orElse(0);
        }
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failure = Optional.of(String.valueOf(cause.getMessage()));
      }
    }
    if (known == 0 || known * 2 < wanted.sites().size()) {
      throw new UnmeasurableException(
          "the cpu time of "
              + known
              + " of "
              + wanted.sites().size()
              + " instances is known, half of them are needed"
              + failure.map(why -> ": " + why).orElse(""));
    }
    return 100 * cpus / known / wanted.cpus();
  }

  private AgentReadings.Pair pair(String agentId, String hostname)
      throws UnmeasurableException, InterruptedException {
    agentsAtOnce.acquire();
    try {
      return readings.of(agentId, hostname);
    } finally {
      agentsAtOnce.release();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    strangers.close();
    cluster.close();
  }
}
