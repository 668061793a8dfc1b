package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A master in a process of its own, as in production, whose CPU time and heap can be read. */
public final class MasterUnderTest implements AutoCloseable {
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

  private final ProductProcess process;

  private MasterUnderTest(ProductProcess process) {
    this.process = process;
  }

  /**
   * Starts one on a free port, in a new directory, and waits until it listens.
   *
   * @throws IllegalStateException with what it printed, if it does not
   */
  public static MasterUnderTest start(Options options) {
    try {
      MasterUnderTest master = launch(options, FreePorts.find(1).getFirst());
      master.awaitListening();
      return master;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one on this port, in a new directory, and returns at once. */
  static MasterUnderTest launch(Options options, int port) {
    return new MasterUnderTest(
        ProductProcess.launch(
            options, "master", new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  /**
   * Waits until it answers.
   *
   * @throws IllegalStateException with what it printed, if it does not
   */
  void awaitListening() {
    process.awaitHealthy();
  }

  /** Kills it without warning and starts it anew on the same port and directory. */
  public void restart() {
    kill();
    launchAgain();
    awaitListening();
  }

  /** Kills it without warning. */
  void kill() {
    process.kill();
  }

  /** Starts it anew on the same port and directory, and returns at once. */
  void launchAgain() {
    process.launchAgain();
  }

  /** When it was first seen to answer. */
  public long listeningNanos() {
    return process.listeningNanos();
  }

  public InetSocketAddress address() {
    return process.address();
  }

  public long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The end of what it printed. */
  String logText() {
    return process.logText();
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

  @Override
  public void close() {
    process.close();
  }
}
