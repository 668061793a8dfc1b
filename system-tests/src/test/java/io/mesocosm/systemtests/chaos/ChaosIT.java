package io.mesocosm.systemtests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.testkit.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real processes on hosts that are network namespaces, with faults of processes, network, disks and
 * clocks, while apps are deployed and one-off tasks run. {@code ./chaos} runs it for longer.
 */
@RequiresRoot
@Tag("namespaces")
class ChaosIT {
  private static final Duration BEGIN_MAX = Duration.ofMinutes(2);
  private static final Duration SETTLE_MAX = Duration.ofMinutes(4);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final long seed = Long.getLong("chaos.seed", System.nanoTime());
  private final Duration rage = Duration.ofSeconds(Integer.getInteger("chaos.seconds", 100));
  private final Web web = new Web();
  private Path root;
  private Laboratory laboratory;

  @BeforeEach
  void open() throws IOException {
    root = Files.createTempDirectory("chaos");
    Files.createDirectories(root.resolve("marks"));
    laboratory = Laboratory.open(root);
  }

  @AfterEach
  void close() {
    laboratory.close();
  }

  private interface Check {
    /** What is not yet as it must be. */
    List<String> problems() throws InterruptedException;
  }

  @Test
  @SuppressWarnings("SystemOut") // CI is to show the seed and what was done
  void everyAnsweredRequestTakesEffectOnceAndEveryContainerIsAccountedFor() throws Exception {
    System.out.println("chaos: seed " + seed + ", " + rage.toSeconds() + " s of faults, " + root);
    SplittableRandom random = new SplittableRandom(seed);
    Applications applications =
        new Applications(web, laboratory.servicesAddresses(), random.split());
    OneOffTasks oneOffs = new OneOffTasks(web, laboratory.masterAddresses(), root.resolve("marks"));
    Nemesis nemesis = new Nemesis(laboratory, random.split());
    await("the cluster is up", BEGIN_MAX, nemesis, applications, this::cluster);

    Thread deployer = Thread.ofPlatform().name("applications").start(applications);
    Thread launcher = Thread.ofPlatform().name("one-off-tasks").start(oneOffs);
    nemesis.rage(rage, deployer);
    nemesis.heal();
    applications.stop();
    deployer.join();
    oneOffs.stopLaunching();

    await(
        "every promise of the API holds", SETTLE_MAX, nemesis, applications, applications::broken);
    await(
        "every one-off task is known to be over", SETTLE_MAX, nemesis, applications, oneOffs::open);
    await(
        "what runs is what the scheduler knows, once each",
        SETTLE_MAX,
        nemesis,
        applications,
        () -> unaccounted(applications));
    oneOffs.stop();
    launcher.join(Duration.ofSeconds(60));

    System.out.printf(
        "chaos: seed %d: faults %s; %d requests answered; %d one-off tasks: %s%n",
        seed, nemesis.summary(), applications.answered(), oneOffs.launched(), oneOffs.tally());
    assertThat(oneOffs.broken()).isEmpty();
    assertThat(applications.answered()).as("requests answered").isGreaterThan(10);
    assertThat(oneOffs.tally().getOrDefault("TASK_FINISHED", 0)).isGreaterThan(10);
  }

  private List<String> cluster() throws InterruptedException {
    List<String> missing = new ArrayList<>();
    int agents =
        web.get(laboratory.masterAddresses(), "/metrics/snapshot")
            .map(answer -> answer.json().path("master/slaves_active").asInt())
            .orElse(0);
    boolean led =
        web.get(laboratory.masterAddresses(), "/slaves")
            .filter(answer -> answer.json().path("slaves").size() == laboratory.agents().size())
            .isPresent();
    if (!led) {
      missing.add("the leading master does not have all agents (one says " + agents + ")");
    }
    if (web.get(laboratory.servicesAddresses(), "/v2/apps").isEmpty()) {
      missing.add("no services scheduler answers");
    }
    return missing;
  }

  private List<String> unaccounted(Applications applications) throws InterruptedException {
    List<String> problems = new ArrayList<>();
    var sessions = Containers.sessionsByTask(root);
    sessions.forEach((task, of) -> {
      if (of.size() > 1) {
        problems.add(task + " runs " + of.size() + " times");
      }
    });
    SortedSet<String> known = applications.runningTasks();
    SortedSet<String> strays = new TreeSet<>(sessions.keySet());
    strays.removeAll(known);
    strays.removeIf(task -> task.startsWith("one-off-")); // of those the framework keeps the books
    strays.forEach(task -> problems.add(task + " runs, and no scheduler knows of it"));
    SortedSet<String> missing = new TreeSet<>(known);
    missing.removeAll(sessions.keySet());
    missing.forEach(task -> problems.add(task + " is said to run, and does not"));
    return problems;
  }

  private void await(
      String what, Duration patience, Nemesis nemesis, Applications applications, Check check)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    List<String> problems = check.problems();
    while (!problems.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "seed %d: not so after %d s: %s:%n  %s%nfaults:%n  %s%nrequests:%n  %s%n%s"
                .formatted(
                    seed,
                    patience.toSeconds(),
                    what,
                    String.join("\n  ", problems),
                    String.join("\n  ", nemesis.history()),
                    String.join("\n  ", applications.history()),
                    laboratory.said()));
      }
      LockSupport.parkNanos(LOOK.toNanos()); // what several programs agree on is no event of one
      problems = check.problems();
    }
  }
}
