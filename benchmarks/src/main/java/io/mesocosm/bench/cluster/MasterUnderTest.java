package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A master in a process of its own, as in production, whose CPU time and heap can be read. */
public final class MasterUnderTest implements AutoCloseable {
  private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
  private static final double TICK_MICROS = 10_000;

  /**
   * How it is run.
   *
   * @param classPath of the product
   * @param javaOptions e.g. {@code -Xmx2g}
   * @param flags of {@code cosm master}, beside address, port and directory
   */
  public record Options(String classPath, List<String> javaOptions, List<String> flags) {
    public Options {
      javaOptions = List.copyOf(javaOptions);
      flags = List.copyOf(flags);
    }

    public Options withFlags(String... more) {
      List<String> all = new ArrayList<>(flags);
      all.addAll(List.of(more));
      return new Options(classPath, javaOptions, all);
    }
  }

  private final Options options;
  private final Path directory;
  private final InetSocketAddress address;
  private Process process;
  private long listeningNanos;

  private MasterUnderTest(Options options, Path directory, InetSocketAddress address) {
    this.options = options;
    this.directory = directory;
    this.address = address;
    this.process = launch();
  }

  /**
   * Starts one on a free port, in a new directory, and waits until it listens.
   *
   * @throws IllegalStateException with what it printed, if it does not
   */
  public static MasterUnderTest start(Options options) {
    try {
      MasterUnderTest master =
          new MasterUnderTest(
              options,
              Files.createTempDirectory("bench-master"),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort()));
      master.awaitListening();
      return master;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Known before the start, as a master that is started again must have the same. */
  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Process launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options.javaOptions());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            options.classPath(),
            "io.mesocosm.cli.Main",
            "master",
            "--ip=127.0.0.1",
            "--port=" + address.getPort(),
            "--work_dir=" + directory.resolve("work")));
    command.addAll(options.flags());
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void awaitListening() {
    long until = System.nanoTime() + START_NANOS_MAX;
    while (System.nanoTime() < until && process.isAlive()) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket
            .getOutputStream()
            .write(
                "GET /health HTTP/1.1\r\nHost: master\r\nConnection: close\r\n\r\n"
                    .getBytes(UTF_8));
        if (new String(socket.getInputStream().readNBytes(12), UTF_8).endsWith(" 200")) {
          listeningNanos = System.nanoTime();
          return;
        }
      } catch (IOException e) {
        // Not yet: the loop's condition says for how long that is no trouble.
        Thread.onSpinWait();
      }
      pause();
    }
    String text = logText();
    close();
    throw new IllegalStateException("the master does not listen: " + text);
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String logText() {
    try {
      String all = Files.readString(log());
      return all.substring(Math.max(0, all.length() - 4000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Kills it without warning and starts it anew on the same port and directory. */
  public void restart() {
    process.destroyForcibly();
    waitForEnd();
    process = launch();
    awaitListening();
  }

  /** When it was first seen to answer. */
  public long listeningNanos() {
    return listeningNanos;
  }

  public InetSocketAddress address() {
    return address;
  }

  public long pid() {
    return process.pid();
  }

  /** CPU time used since its start, of all threads, in microseconds. */
  public double cpuMicros() {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The name in brackets may hold spaces; utime and stime are the 14th and 15th field.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
    } catch (IOException e) {
      throw new IllegalStateException("the master is gone; it said: " + logText(), e);
    }
  }

  /** What is alive on the heap, by a full collection. */
  public long heapBytes() {
    String last = "";
    for (String line : jcmd("GC.class_histogram")) {
      if (line.startsWith("Total")) {
        last = line;
      }
    }
    return Long.parseLong(last.strip().split("\\s+", -1)[2]);
  }

  /** The classes that take most of the heap, as jcmd prints them. */
  public List<String> histogram(int lines) {
    return jcmd("GC.class_histogram").stream().limit(lines + 3L).toList();
  }

  private List<String> jcmd(String command) {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(process.pid()),
                  command)
              .redirectErrorStream(true)
              .start();
      List<String> lines = new String(jcmd.getInputStream().readAllBytes(), UTF_8).lines().toList();
      jcmd.waitFor();
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void waitForEnd() {
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroy();
    waitForEnd();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.getLogger(MasterUnderTest.class.getName())
          .log(System.Logger.Level.WARNING, directory + " could not be removed", e);
    }
  }
}
