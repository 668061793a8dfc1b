package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One role of the product in a process of its own, as in production, that can be killed and started
 * again at the same address with the same folder. For one controlling thread.
 */
final class ProductProcess implements AutoCloseable {
  private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
  private static final long END_SECONDS_MAX = 10;
  private static final int LOG_SHOWN = 4000;

  /**
   * What is run.
   *
   * @param role what it is called, e.g. in folders' names
   * @param mainClass with its package
   * @param arguments of that
   * @param healthPath what is asked for whether it serves
   */
  record Program(String role, String mainClass, List<String> arguments, String healthPath) {
    Program {
      arguments = List.copyOf(arguments);
    }
  }

  private final List<String> command;
  private final Program program;
  private final Path directory;
  private final InetSocketAddress address;
  private Process process;
  private long listeningNanos;

  /** Starts it and returns at once. */
  private ProductProcess(
      List<String> command, Program program, Path directory, InetSocketAddress address) {
    this.command = command;
    this.program = program;
    this.directory = directory;
    this.address = address;
    this.process = begin();
  }

  /**
   * Starts it in a new directory and returns at once.
   *
   * @param role e.g. {@code master}; it is given {@code --ip}, {@code --port} and {@code
   *     --work_dir}, and the options' flags
   */
  static ProductProcess launch(
      MasterUnderTest.Options options, String role, InetSocketAddress address) {
    Path directory = newDirectory(role);
    List<String> arguments =
        List.of(
            role,
            "--ip=127.0.0.1",
            "--port=" + address.getPort(),
            "--work_dir=" + directory.resolve("work"));
    return launch(
        options,
        new Program(role, "io.mesocosm.cli.Main", arguments, "/health"),
        directory,
        address);
  }

  /**
   * Starts any program and returns at once.
   *
   * @param directory of this process alone, and removed with it
   */
  static ProductProcess launch(
      MasterUnderTest.Options options, Program program, Path directory, InetSocketAddress address) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options.javaOptions());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            options.classPath(),
            program.mainClass()));
    command.addAll(program.arguments());
    command.addAll(options.flags());
    return new ProductProcess(List.copyOf(command), program, directory, address);
  }

  static Path newDirectory(String role) {
    try {
      return Files.createTempDirectory("bench-" + role);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process begin() {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return address;
  }

  Path workDir() {
    return directory.resolve("work");
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** When it was first seen to answer. */
  long listeningNanos() {
    return listeningNanos;
  }

  /** Sends SIGKILL and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Starts it anew, and returns at once. */
  void launchAgain() {
    process = begin();
  }

  /** Sends the signal, e.g. {@code USR1}, and waits for the end. */
  void end(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    awaitEnd();
  }

  /**
   * Waits until it answers {@code GET} of its health path.
   *
   * @throws IllegalStateException with what it printed, if it does not
   */
  void awaitHealthy() {
    long until = System.nanoTime() + START_NANOS_MAX;
    while (System.nanoTime() < until && process.isAlive()) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket
            .getOutputStream()
            .write(
                ("GET "
                        + program.healthPath()
                        + " HTTP/1.1\r\nHost: "
                        + program.role()
                        + "\r\nConnection: close\r\n\r\n")
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
    throw new IllegalStateException("the " + program.role() + " does not listen: " + text);
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The end of what it printed. */
  String logText() {
    try {
      String all = Files.readString(directory.resolve("log"));
      return all.substring(Math.max(0, all.length() - LOG_SHOWN));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it, politely at first, and removes its folder. */
  @Override
  public void close() {
    process.destroy();
    awaitEnd();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(ProductProcess.class.getName())
          .log(System.Logger.Level.WARNING, directory + " could not be removed", e);
    }
  }
}
