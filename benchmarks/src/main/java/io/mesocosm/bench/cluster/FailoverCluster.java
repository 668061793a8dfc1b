package io.mesocosm.bench.cluster;

import io.mesocosm.bench.cluster.SimulatedScheduler.Manner;
import io.mesocosm.bench.wire.Loop;
import io.mesocosm.coordination.ZooKeeperDetector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Three masters, and agents and a scheduler that find the one that leads in ZooKeeper, of which one
 * session is kept for all of them. For one controlling thread.
 */
public final class FailoverCluster implements AutoCloseable {
  private static final long SECONDS_MAX = 180;
  private static final Duration BACKOFF_FACTOR = Duration.ofSeconds(1);
  private static final int SPARE_SLOTS = 1;
  private static final double SUPERVISION_SECONDS = 0.1;

  /** For what may still come after all has come back. */
  private static final double AFTERMATH_SECONDS = 2;

  /**
   * What followed a kill.
   *
   * @param seconds from the kill to each part, by its name, in the order of their usual coming
   * @param triesInVain what agents heard that tried in vain to subscribe, and how often, since the
   *     next leader was found
   * @param disturbed tasks that were; must be 0
   * @param othersEnded how often one of the other masters ended by itself, having lost its session
   *     or its lead, and was started again
   * @param zooKeeperLedToo whether the killed process led the ZooKeeper servers too
   */
  public record Failover(
      SequencedMap<String, Double> seconds,
      SortedMap<String, Integer> triesInVain,
      long disturbed,
      int othersEnded,
      boolean zooKeeperLedToo) {}

  private final int agents;
  private final int tasks;
  private final HttpJson http = new HttpJson();
  private final Loop loop = new Loop("bench");
  private final MasterEnsemble ensemble;
  private final AgentFleet fleet;
  private final SimulatedScheduler scheduler;
  private final FailoverWitness witness;
  private final ZooKeeperDetector detector;

  // The detector's thread writes, the controlling thread reads.
  private volatile InetSocketAddress leader =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  private volatile long detectedNanos;

  /**
   * Starts it; when this returns, all agents are registered and all tasks run.
   *
   * @param session how long a master may be silent before ZooKeeper takes it for dead
   */
  public FailoverCluster(
      MasterUnderTest.Options options,
      Sizes sizes,
      MasterEnsemble.ZooKeeper place,
      Duration session,
      boolean batches) {
    this.agents = sizes.agents();
    this.tasks = sizes.capacity();
    this.ensemble = MasterEnsemble.start(options, place, session, http);
    Sizes roomy = new Sizes(sizes.agents(), sizes.slotsPerAgent() + SPARE_SLOTS);
    this.fleet = new AgentFleet(loop, leader, roomy, 0, batches);
    this.scheduler = new SimulatedScheduler(loop, leader, fleet, "bench", batches, 1);
    this.witness = new FailoverWitness(agents);
    CompletableFuture<Long> led = new CompletableFuture<>();
    this.detector =
        ensemble.follow(found -> {
          leader = found;
          detectedNanos = System.nanoTime();
          if (!led.complete(detectedNanos)) {
            loop.execute(() -> {
              witness.leaderFound();
              scheduler.leaderIs(found);
              fleet.leaderIs(found);
            });
          }
        });
    try {
      await(led);
      populate();
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  private void populate() {
    await(
        loop.call(() -> {
          fleet.leaderIs(leader);
          fleet.tell(witness);
          fleet.comeBackLikeRealAgents(BACKOFF_FACTOR, new SplittableRandom());
          scheduler.tell(witness);
          scheduler.keepFree(SPARE_SLOTS);
          scheduler.from(Manner.LAUNCH);
          CompletableFuture<Long> registered = fleet.subscriptions().at(agents);
          fleet.connectAll();
          return registered;
        }));
    await(
        loop.call(() -> {
          scheduler.leaderIs(leader);
          return fleet.runningAcknowledged().at(tasks);
        }));
    loop.execute(() -> scheduler.from(Manner.DECLINE));
    BenchCluster.sleep(AFTERMATH_SECONDS);
  }

  /**
   * Kills the leading master without warning, waits until all has come back, and starts it anew.
   */
  public Failover failOver() {
    MasterUnderTest victim = ensemble.at(leader);
    InetSocketAddress before = leader;
    boolean zooKeeperToo = ensemble.leadsZooKeeper(victim);
    CompletableFuture<Long> all =
        loop.call(() -> witness.begin(() -> scheduler.reconcile(witness.tasks())));
    double killedSeconds = System.currentTimeMillis() / 1e3;
    long killed = System.nanoTime();
    victim.kill();
    int ended = awaitSupervised(all, victim);
    if (leader.equals(before)) {
      throw new IllegalStateException("the master that was killed leads: " + victim.logText());
    }
    BenchCluster.sleep(AFTERMATH_SECONDS);
    Failover failover = describe(killed, killedSeconds, zooKeeperToo, ended);
    ensemble.startAgain(victim);
    BenchCluster.sleep(AFTERMATH_SECONDS);
    return failover;
  }

  private Failover describe(long killed, double killedSeconds, boolean zooKeeperToo, int ended) {
    double elected =
        http.get(leader, "/state").map(it -> it.path("elected_time").asDouble()).orElse(0.0);
    double read =
        http.get(leader, "/metrics/snapshot")
            .map(it -> it.path("registrar/state_fetch_ms"))
            .map(millis -> millis.asDouble() / 1e3)
            .orElse(0.0);
    return loop.call(() -> {
      SequencedMap<String, Double> seconds = new LinkedHashMap<>();
      seconds.put(
          "session timed out, next leader found in ZooKeeper", (detectedNanos - killed) / 1e9);
      seconds.put("next leader elected, and begins to read", elected - killedSeconds - read);
      seconds.put("registry read, and it leads", elected - killedSeconds);
      seconds.put("scheduler subscribed", (witness.schedulerBack() - killed) / 1e9);
      seconds.put("first agent back", (witness.firstAgent() - killed) / 1e9);
      seconds.put("first offer", (witness.firstOffer() - killed) / 1e9);
      seconds.put("half of the agents back", (witness.halfOfAgents() - killed) / 1e9);
      seconds.put("all agents back", (witness.lastAgent() - killed) / 1e9);
      seconds.put("all agents offered", (witness.lastOffer() - killed) / 1e9);
      witness
          .lastTask()
          .ifPresent(at -> seconds.put("all tasks known, by reconciliation", (at - killed) / 1e9));
      return new Failover(seconds, witness.triesInVain(), witness.disturbed(), ended, zooKeeperToo);
    });
  }

  /** As {@link #await}, and starts masters again that end by themselves; returns how many. */
  private int awaitSupervised(CompletableFuture<Long> reached, MasterUnderTest dead) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    int ended = 0;
    while (!reached.isDone()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            "the cluster did not get there within "
                + SECONDS_MAX
                + " s: "
                + state()
                + "; "
                + ensemble.logText());
      }
      ended += ensemble.supervise(dead);
      BenchCluster.sleep(SUPERVISION_SECONDS);
    }
    return ended;
  }

  private void await(CompletableFuture<Long> reached) {
    try {
      reached.get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the cluster did not get there within " + SECONDS_MAX + " s: " + state(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String state() {
    return loop.call(witness::toString) + "; " + String.join("; ", troubles());
  }

  /** What went wrong without ending the run; that links end with their master is no wonder. */
  public List<String> troubles() {
    return loop.call(() -> {
      List<String> all = new ArrayList<>(fleet.troubles());
      all.addAll(scheduler.troubles());
      return all;
    });
  }

  @Override
  public void close() {
    detector.close();
    loop.execute(fleet::close);
    loop.execute(scheduler::close);
    loop.close();
    ensemble.close();
    http.close();
  }
}
