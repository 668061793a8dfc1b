package io.mesocosm.bench.cluster;

import io.mesocosm.bench.Samples;
import io.mesocosm.bench.cluster.SimulatedScheduler.Manner;
import io.mesocosm.bench.wire.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A master, simulated agents and one scheduler. For one controlling thread. */
public final class BenchCluster implements AutoCloseable {
  private static final long SECONDS_MAX = 300;

  /** For offers that were on their way when they were suppressed. */
  private static final double SETTLE_SECONDS = 0.3;

  /** How many calls plain schedulers have under way at one time. */
  private static final int PLAIN_LANES = 8;

  /**
   * All slots filled once and emptied again.
   *
   * @param launchSeconds from REVIVE sent until every task's TASK_RUNNING is acknowledged at its
   *     agent
   * @param launchCpuMicros of the master, in that time
   * @param endSeconds until the end of every task is acknowledged
   */
  public record Wave(
      long tasks,
      double launchSeconds,
      double launchCpuMicros,
      double endSeconds,
      double endCpuMicros) {}

  /** Tasks that end as soon as they run, over and over, for a while. */
  public record Churn(long tasks, double seconds, double cpuMicros, long p50Nanos, long p99Nanos) {}

  /** How long after a task's end its resources were offered again. */
  public record FreeToOffer(int count, long p50Nanos, long p99Nanos) {}

  private final Sizes sizes;
  private final MasterUnderTest master;
  private final Loop loop;
  private final boolean batches;
  private AgentFleet fleet;
  private int agentsMade;
  private final SimulatedScheduler scheduler;

  /**
   * @param batches whether calls travel together where the master takes them so
   */
  public BenchCluster(MasterUnderTest.Options options, Sizes sizes, boolean batches) {
    this.sizes = sizes;
    this.master = MasterUnderTest.start(options);
    this.loop = new Loop("bench");
    this.batches = batches;
    this.fleet = newFleet();
    this.scheduler =
        new SimulatedScheduler(
            loop, master.address(), fleet, "bench", batches, batches ? 1 : PLAIN_LANES);
  }

  private AgentFleet newFleet() {
    AgentFleet made = new AgentFleet(loop, master.address(), sizes, agentsMade, batches);
    agentsMade += sizes.agents();
    return made;
  }

  /**
   * Lets the agents go silent, with all that they run, and has as many others in their place: one
   * process has not the file descriptors for all of them at one time.
   */
  public void replaceFleet() {
    suppress(); // the new ones are offered when they are to be filled
    loop.call(() -> {
      fleet.close();
      fleet = newFleet();
      scheduler.serve(fleet);
      return true;
    });
  }

  public Sizes sizes() {
    return sizes;
  }

  public MasterUnderTest master() {
    return master;
  }

  public Loop loop() {
    return loop;
  }

  public AgentFleet fleet() {
    return fleet;
  }

  public SimulatedScheduler scheduler() {
    return scheduler;
  }

  /** Has all agents register; returns how many seconds that took. */
  public double register() {
    long begin = System.nanoTime();
    CompletableFuture<Long> all =
        loop.call(() -> {
          fleet.connectAll();
          return fleet.subscriptions().more(sizes.agents());
        });
    return (await(all) - begin) / 1e9;
  }

  /** Has the scheduler subscribe; it refuses what it is offered until told otherwise. */
  public void subscribe() {
    await(
        loop.call(() -> {
          scheduler.connect(Manner.DECLINE);
          return scheduler.subscriptions().more(1);
        }));
    suppress();
    sleep(SETTLE_SECONDS);
  }

  /** Fills all slots and leaves the tasks running. */
  public Wave fill() {
    double cpu = master.cpuMicros();
    long begin = System.nanoTime();
    CompletableFuture<Long> all =
        loop.call(() -> {
          scheduler.revive(Manner.LAUNCH);
          return fleet.runningAcknowledged().more(sizes.capacity());
        });
    double seconds = (await(all) - begin) / 1e9;
    return new Wave(sizes.capacity(), seconds, master.cpuMicros() - cpu, 0, 0);
  }

  /** Ends all tasks, without offers being wanted. */
  public Wave empty() {
    suppress();
    double cpu = master.cpuMicros();
    long begin = System.nanoTime();
    CompletableFuture<Long> all =
        loop.call(() -> {
          long running = fleet.taskCount();
          fleet.finishAll();
          return fleet.endAcknowledged().more(running);
        });
    double seconds = (await(all) - begin) / 1e9;
    return new Wave(0, 0, 0, seconds, master.cpuMicros() - cpu);
  }

  /** {@link #fill} and {@link #empty}. */
  public Wave wave() {
    Wave filled = fill();
    Wave emptied = empty();
    return new Wave(
        filled.tasks(),
        filled.launchSeconds(),
        filled.launchCpuMicros(),
        emptied.endSeconds(),
        emptied.endCpuMicros());
  }

  private void suppress() {
    await(
        loop.call(() -> {
          scheduler.suppress();
          return scheduler.callsAnswered().more(1);
        }));
  }

  /** From slots that are all full, to slots that are all full. */
  public Churn churn(double seconds) {
    long begin = System.nanoTime();
    double cpu = master.cpuMicros();
    long before =
        loop.call(() -> {
          scheduler.freeToOfferNanos().clear();
          fleet.endTasksAtOnce(true);
          fleet.finishAll();
          return fleet.runningAcknowledged().count();
        });
    sleep(seconds);
    double cpuUsed = master.cpuMicros() - cpu;
    double took = (System.nanoTime() - begin) / 1e9;
    Churn churn =
        loop.call(() -> {
          Samples free = scheduler.freeToOfferNanos();
          return new Churn(
              fleet.runningAcknowledged().count() - before,
              took,
              cpuUsed,
              free.percentile(0.5),
              free.percentile(0.99));
        });
    settle();
    return churn;
  }

  /** No task ends by itself any more: what is launched stays, until all slots are full. */
  public void settle() {
    loop.call(() -> {
      fleet.endTasksAtOnce(false);
      return true;
    });
    long last = -1;
    long now = loop.call(() -> fleet.runningAcknowledged().count());
    while (now != last) {
      sleep(0.5);
      last = now;
      now = loop.call(() -> fleet.runningAcknowledged().count());
    }
  }

  /**
   * With all slots full, has tasks end one by one at a steady pace, each of which is followed by
   * another in its place.
   */
  public FreeToOffer freeToOffer(int perSecond, double seconds) {
    int number = (int) (perSecond * seconds);
    long apartNanos = 1_000_000_000L / perSecond;
    loop.call(() -> {
      scheduler.freeToOfferNanos().clear();
      finishPaced(System.nanoTime(), apartNanos, number);
      return true;
    });
    sleep(seconds + 0.5);
    return loop.call(() -> {
      Samples free = scheduler.freeToOfferNanos();
      return new FreeToOffer(free.count(), free.percentile(0.5), free.percentile(0.99));
    });
  }

  private void finishPaced(long dueNanos, long apartNanos, int left) {
    if (left == 0) {
      return;
    }
    fleet.finishOne();
    long next = dueNanos + apartNanos;
    loop.after(
        Math.max(0, next - System.nanoTime()), () -> finishPaced(next, apartNanos, left - 1));
  }

  static void sleep(double seconds) {
    try {
      Thread.sleep((long) (seconds * 1000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public long await(CompletableFuture<Long> reached) {
    return Progress.await(reached, SECONDS_MAX, this::state);
  }

  private String state() {
    return loop.call(() -> {
      List<String> all = new ArrayList<>();
      all.add(fleet.subscriptions().toString());
      all.add(fleet.runningAcknowledged().toString());
      all.add(fleet.endAcknowledged().toString());
      all.add(scheduler.callsAnswered().toString());
      all.addAll(fleet.troubles());
      all.addAll(scheduler.troubles());
      return String.join("; ", all);
    });
  }

  /** What went wrong without ending the run. */
  public List<String> troubles() {
    return loop.call(() -> {
      List<String> all = new ArrayList<>(fleet.troubles());
      all.addAll(scheduler.troubles());
      return all;
    });
  }

  @Override
  public void close() {
    loop.execute(fleet::close);
    loop.execute(scheduler::close);
    loop.close();
    master.close();
  }
}
