package io.mesocosm.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Apache Hadoop YARN's scheduler load simulator, in a process of its own: containers allocated per
 * second at 1,000 simulated nodes. It needs a JDK from 17 to 23: later ones lack what Hadoop's
 * security asks for ({@code Subject.getSubject}).
 */
final class Peer {
  private static final int NODES = 1000;
  private static final int CONTAINERS = 200_000;
  private static final long SECONDS_MAX = 120;

  /** What the simulator's counter said, so long after its start. */
  record Sample(long millis, long allocated) {}

  private final Path folder;

  Peer(Path folder) {
    this.folder = folder;
  }

  void run(Report report) {
    ObjectNode json = report.json().putObject("peer");
    json.put("name", "Apache Hadoop YARN scheduler load simulator 3.4.2");
    json.put("nodes", NODES);
    Optional<Path> jdk = jdk();
    if (jdk.isEmpty() || !Files.isDirectory(folder.resolve("lib"))) {
      String reason =
          jdk.isEmpty()
              ? "no JDK 17 to 23 in /usr/lib/jvm: later ones do not run Hadoop 3.4.2"
              : folder.resolve("lib") + " is missing: ./bench fetches it with Maven";
      report.say("peer not run: " + reason);
      json.put("not_run", reason);
      return;
    }
    Table table =
        new Table(
            "peer: YARN scheduler load simulator, " + NODES + " nodes, calls within one process",
            "containers a job",
            "containers/s, median busy second");
    for (int perJob : List.of(200, 1000)) {
      double rate = busyRate(simulate(jdk.get(), perJob));
      json.put("containers_per_second_jobs_of_" + perJob, rate);
      table.add(perJob, rate);
    }
    report.print(table);
  }

  /** The median of the seconds in which at least a few containers were allocated. */
  static double busyRate(List<Sample> samples) {
    List<Double> rates = new ArrayList<>();
    int from = 0;
    for (int at = 1; at < samples.size(); at++) {
      long millis = samples.get(at).millis() - samples.get(from).millis();
      if (millis >= 1000) {
        long allocated = samples.get(at).allocated() - samples.get(from).allocated();
        if (allocated > NODES / 2) {
          rates.add(allocated * 1000.0 / millis);
        }
        from = at;
      }
    }
    return Samples.median(rates);
  }

  private List<Sample> simulate(Path jdk, int containersPerJob) {
    List<Sample> samples = new ArrayList<>();
    try {
      Path work = Files.createTempDirectory("bench-peer");
      Files.writeString(work.resolve("trace.json"), trace(containersPerJob));
      Files.writeString(work.resolve("hosts"), hosts());
      Process process =
          new ProcessBuilder(command(jdk, work))
              .redirectError(work.resolve("log").toFile())
              .start();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] words = line.split(" ", -1);
          if (words.length == 3 && words[0].equals("sample")) {
            samples.add(new Sample(Long.parseLong(words[1]), Long.parseLong(words[2])));
            if (samples.getLast().allocated() >= CONTAINERS || System.nanoTime() > until) {
              break;
            }
          }
        }
      } finally {
        process.destroyForcibly();
      }
      return samples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(Path jdk, Path work) {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    command.add("-Xmx3g");
    for (String opened : List.of("java.lang", "java.util", "java.net", "java.io", "java.nio")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            // Its nodes have names, and each is looked up: a name server would be measured.
            "-Djdk.net.hosts.file=" + work.resolve("hosts"),
            "-Dhadoop.tmp.dir=" + work.resolve("tmp"),
            "-cp",
            folder.resolve("conf") + ":" + folder.resolve("lib") + "/*",
            folder.resolve("Peer.java").toString(),
            "--tracetype=SYNTH",
            "--tracelocation=" + work.resolve("trace.json"),
            "--output=" + work.resolve("out")));
    return command;
  }

  /** The file of known names stands in for all look-ups, those of this machine too. */
  private static String hosts() throws IOException {
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
    hosts.append("127.0.0.1 ").append(InetAddress.getLocalHost().getHostName()).append('\n');
    for (int node = 0; node < NODES; node++) {
      hosts.append("127.1." + node / 250 + "." + (node % 250 + 1) + " node" + node + "\n");
    }
    return hosts.toString();
  }

  private static String trace(int containersPerJob) {
    return """
    {"num_nodes": %d, "nodes_per_rack": %d, "num_jobs": %d, "rand_seed": 2,
     "workloads": [{"workload_name": "short", "workload_weight": 1, "queue_name": "default",
       "job_classes": [{"class_name": "one", "user_name": "bench", "class_weight": 1.0,
         "type": "mapreduce", "deadline_factor": {"val": 10}, "duration": {"val": 600},
         "reservation": {"val": 0},
         "tasks": [{"type": "map", "priority": 20, "count": {"val": %d}, "time": {"val": 5},
           "max_memory": {"val": 1024}, "max_vcores": {"val": 1}}]}],
       "time_distribution": [{"time": 1, "weight": 100}, {"time": 2, "weight": 0}]}]}
    """
        .formatted(NODES, NODES, CONTAINERS / containersPerJob, containersPerJob);
  }

  private static Optional<Path> jdk() {
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes.filter(Peer::suits).sorted().findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean suits(Path home) {
    try {
      if (!Files.isExecutable(home.resolve("bin/javac"))) {
        return false; // Peer.java is run from its source
      }
      for (String line : Files.readAllLines(home.resolve("release"))) {
        if (line.startsWith("JAVA_VERSION=\"")) {
          int feature = Integer.parseInt(line.substring(14).split("[.\"]", -1)[0]);
          return feature >= 17 && feature < 24;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
