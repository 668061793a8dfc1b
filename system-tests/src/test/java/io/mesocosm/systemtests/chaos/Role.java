package io.mesocosm.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One program of the cluster on its host, under a supervisor such as systemd would be: whenever it
 * ends, it is started again a second later, unless it is meant to be down.
 */
final class Role implements AutoCloseable {
  private static final long RESTART_MILLIS = 1000;
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final String name;
  private final Host host;
  private final List<String> arguments;
  private final Path log;
  private final Path clock;
  private final Optional<Path> fakeTime;
  private final Thread supervisor;
  // The supervisor's thread writes, the nemesis reads.
  private volatile Optional<Process> process = Optional.empty();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param fakeTime the library that lets this program see another time, if it is there
   * @param logs outside of the host's own disk, which may be full
   */
  Role(String name, Host host, List<String> arguments, Path logs, Optional<Path> fakeTime) {
    this.name = name;
    this.host = host;
    this.arguments = List.copyOf(arguments);
    this.log = logs.resolve(name + ".log");
    this.clock = logs.resolve(name + ".clock");
    this.fakeTime = fakeTime;
    stepClock(0);
    this.supervisor = Thread.ofPlatform().name("supervisor-" + name).daemon().unstarted(this::run);
  }

  String name() {
    return name;
  }

  Host host() {
    return host;
  }

  Path log() {
    return log;
  }

  void start() {
    supervisor.start();
  }

  /** {@code KILL}, {@code STOP}, {@code CONT} or {@code TERM}; nothing if it does not run now. */
  void signal(String signal) {
    process
        .filter(Process::isAlive)
        .ifPresent(running -> Shell.attempt("kill", "-" + signal, Long.toString(running.pid())));
  }

  /** Sets this program's clock ahead, or back, of everybody else's. */
  void stepClock(int seconds) {
    try {
      Files.writeString(
          clock, (seconds < 0 ? "" : "+") + seconds + "s\n", StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean canStepClock() {
    return fakeTime.isPresent();
  }

  private void run() {
    try {
      do {
        Process started = launch();
        process = Optional.of(started);
        started.waitFor();
      } while (!closed.await(RESTART_MILLIS, TimeUnit.MILLISECONDS)); // as RestartSec=1 of systemd
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("ip", "netns", "exec", host.name(), ROOT.resolve("cosm").toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("COSM_JAVA_OPTS", "-XX:+UseSerialGC -Xmx256m");
    fakeTime.ifPresent(library -> {
      builder.environment().put("LD_PRELOAD", library.toString());
      builder.environment().put("FAKETIME_TIMESTAMP_FILE", clock.toString());
      builder.environment().put("FAKETIME_CACHE_DURATION", "1");
      // As when an operator sets the machine's time. Without the second, every timed wait of the
      // virtual machine returns at once.
      builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      builder.environment().put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    });
    return builder.start();
  }

  /** Stops it for good; containers of an agent run on. */
  @Override
  public void close() {
    closed.countDown();
    supervisor.interrupt();
    process.ifPresent(running -> {
      Shell.attempt("kill", "-CONT", Long.toString(running.pid()));
      running.destroy();
      try {
        if (!running.waitFor(10, TimeUnit.SECONDS)) {
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running.destroyForcibly();
      }
    });
  }
}
