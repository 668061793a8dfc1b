package io.mesocosm.bench;

import io.mesocosm.bench.cluster.MasterEnsemble;
import io.mesocosm.bench.cluster.MasterUnderTest;
import io.mesocosm.runtime.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where {@code ./bench} comes in for all that is measured in Java. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Prints figures as a table and, with --json, as JSON.")
public final class Bench implements Callable<Integer> {
  private static final List<Benchmark> ALL =
      List.of(
          new LaunchBenchmark(),
          new RegistrationBenchmark(),
          new FailoverBenchmark(),
          new RecoveryBenchmark(),
          new MemoryBenchmark(),
          new AllocationBenchmark(),
          new StateBenchmark(),
          new ReadsBenchmark(),
          new ServicesBenchmark(),
          new MicroBenchmark());

  @Spec private CommandSpec spec;

  private String name = "";

  @Option(names = "--list", description = "list the benchmarks")
  private boolean list;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures there")
  private List<Path> json = new ArrayList<>();

  @Option(
      names = {"--agents", "--sizes"},
      split = ",",
      paramLabel = "N",
      description = "numbers of agents, instead of the benchmark's own")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--rounds",
      description = "repetitions of which the median counts (${DEFAULT-VALUE})")
  private int rounds = 5;

  @Option(names = "--seconds", description = "length of steady measurements (${DEFAULT-VALUE})")
  private int seconds = 10;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "failover, recovery, services: tasks in all, instead of the benchmark's own")
  private int tasks;

  @Option(
      names = "--session",
      paramLabel = "DURATION",
      converter = DurationText.class,
      defaultValue = "2s",
      description = "failover, services: ZooKeeper's session time-out (${DEFAULT-VALUE})")
  private Duration session = Duration.ZERO;

  @Option(
      names = "--zookeeper",
      paramLabel = "PLACE",
      description =
          "failover: ${COMPLETION-CANDIDATES}: whether ZooKeeper runs in the masters, and loses a"
              + " server with one of them, or is one server that is not killed (${DEFAULT-VALUE})")
  private MasterEnsemble.ZooKeeper zooKeeper = MasterEnsemble.ZooKeeper.IN_MASTERS;

  @Option(names = "--plain", description = "one call per request everywhere")
  private boolean plain;

  @Option(names = "--master-java-options", description = "of the master (${DEFAULT-VALUE})")
  private String javaOptions = "-Xmx2g";

  @Option(names = "--master-flags", description = "more flags of the master, apart by spaces")
  private String flags = "";

  @Mixin private final ServicesSettings services = new ServicesSettings();

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "what to measure")
  void name(@Nullable String what) {
    name = what == null ? "" : what;
  }

  /** What tells of every lost connection; held, as the logging would else forget the levels. */
  private static final List<Logger> TALKATIVE =
      List.of(
          Logger.getLogger("org.apache.zookeeper"), Logger.getLogger("io.mesocosm.coordination"));

  public static void main(String[] args) {
    TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() {
    if (list) {
      for (Benchmark benchmark : ALL) {
        spec.commandLine().getOut().printf("%-13s %s%n", benchmark.name(), benchmark.description());
      }
      return 0;
    }
    for (Benchmark benchmark : ALL) {
      if (benchmark.name().equals(name)) {
        Report report = new Report(name, spec.commandLine().getOut());
        try {
          benchmark.run(settings(), report);
        } finally {
          json.forEach(report::write);
        }
        return 0;
      }
    }
    spec.commandLine()
        .getErr()
        .println("bench: no benchmark " + name + ": ./bench --list shows them");
    return 2;
  }

  private Settings settings() {
    return new Settings(
        sizes,
        rounds,
        seconds,
        !plain,
        tasks,
        session,
        zooKeeper,
        new MasterUnderTest.Options(
            System.getProperty("bench.master.classpath", System.getProperty("java.class.path")),
            words(javaOptions + " " + startUpCache()),
            words(flags)),
        Path.of(System.getProperty("bench.peer", "benchmarks/peer")),
        services);
  }

  /** The launcher's, where ./bench found it: a role is measured as it is run. */
  static String startUpCache() {
    String file = System.getProperty("bench.master.cache", "");
    return file.isEmpty() ? "" : "-XX:AOTCache=" + file;
  }

  /** As the product's flags write durations, and {@code 2s}. */
  static final class DurationText implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Durations.parse(text.matches("[0-9.]+s") ? text + "ecs" : text);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+", -1)).stream()
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
