package io.mesocosm.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * What a local cluster tells others about itself through a file in its work directory: who it is
 * and how far it got.
 *
 * @param pid of its JVM
 * @param started start time of that process, so that a reused pid is not taken for it
 * @param phase how far it got
 * @param message the reason in phase FAILED or UNHEALTHY, else what to show
 */
record LocalStatus(long pid, Instant started, Phase phase, String message) {
  /** How far a local cluster has got. */
  enum Phase {
    /** Parts are being started. */
    STARTING,
    /** Everything serves and the given applications are healthy. */
    READY,
    /** Everything serves, but an application did not become healthy in time. */
    UNHEALTHY,
    /** It could not start and has stopped. */
    FAILED
  }

  static LocalStatus ofThisProcess(Phase phase, String message) {
    ProcessHandle self = ProcessHandle.current();
    return new LocalStatus(self.pid(), startOf(self), phase, message);
  }

  static Optional<LocalStatus> read(Path file) {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return Optional.of(
          new LocalStatus(
              Long.parseLong(properties.getProperty("pid")),
              Instant.parse(properties.getProperty("started")),
              Phase.valueOf(properties.getProperty("phase")),
              properties.getProperty("message")));
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  void write(Path file) {
    Properties properties = new Properties();
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("started", started.toString());
    properties.setProperty("phase", phase.name());
    properties.setProperty("message", message);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (var writer = Files.newBufferedWriter(fresh)) {
        properties.store(writer, "a local Mesocosm cluster");
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> startOf(handle).equals(started));
  }

  private static Instant startOf(ProcessHandle handle) {
    return handle.info().startInstant().orElse(Instant.EPOCH);
  }
}
