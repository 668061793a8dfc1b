package io.mesocosm.containerizer.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has the output of containers copied to their sandboxes. Live output comes from the container
 * itself. What was printed while no agent listened comes from Docker's log of it, of which as many
 * bytes are left out as were written before. Thread-safe.
 *
 * <p>Where Docker drops old parts of a log, counting from its beginning will not do: there the log
 * is read from the second on in which output came last, so that some of it may be written twice.
 * Docker's default log keeps text only: the count is off after output that is not UTF-8.
 */
final class ContainerOutput {
  private static final System.Logger LOG = System.getLogger(ContainerOutput.class.getName());

  private final DockerEngine engine;
  private final DockerOptions options;
  private final InstantSource clock = InstantSource.system();

  ContainerOutput(DockerEngine engine, DockerOptions options) {
    this.engine = engine;
    this.options = options;
  }

  /** Listens to a container that is to be started: before that, so that no output is lost. */
  OutputFiles attach(ContainerId id, String engineId, Path sandbox)
      throws ContainerException, InterruptedException {
    discard(id);
    return attach(id, engineId, files(id, sandbox, position(id)));
  }

  private OutputFiles attach(ContainerId id, String engineId, OutputFiles output)
      throws ContainerException, InterruptedException {
    return started(
        id,
        output,
        () ->
            engine
                .lasting()
                .attachContainerCmd(engineId)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(output));
  }

  /**
   * Goes on where the earlier run of the agent was, to the container's end, which may be past.
   *
   * @param inspection of the container
   */
  OutputFiles resume(ContainerId id, String engineId, Path sandbox, JsonNode inspection)
      throws ContainerException, InterruptedException {
    JsonNode log = inspection.path("HostConfig").path("LogConfig");
    String driver = log.path("Type").asText("");
    OutputPosition position = position(id);
    OutputFiles output = files(id, sandbox, position);
    if (driver.equals("none")) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Output of container {0} while no agent listened is lost: Docker keeps no log of it",
          id);
      return attach(id, engineId, output);
    }
    boolean dropsOld = dropsOld(inspection);
    if (!dropsOld) {
      skipWhatIsWritten(id, output);
    }
    int since = dropsOld ? (int) position.last().getEpochSecond() : 0;
    return started(
        id,
        output,
        () ->
            engine
                .lasting()
                .logContainerCmd(engineId)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .withSince(since)
                .withTailAll()
                .exec(output));
  }

  private static boolean dropsOld(JsonNode inspection) {
    JsonNode log = inspection.path("HostConfig").path("LogConfig");
    return log.path("Type").asText("").equals("local") || log.path("Config").has("max-size");
  }

  /** Whether {@link #rest} can tell what is missing. */
  static boolean countsFromTheBeginning(JsonNode inspection) {
    String driver = inspection.path("HostConfig").path("LogConfig").path("Type").asText("");
    return !driver.equals("none") && !dropsOld(inspection);
  }

  /**
   * What a container that has ended printed and nobody has written yet: a log that Docker follows
   * ends with its container, now and then before its own end.
   */
  OutputFiles rest(ContainerId id, String engineId, Path sandbox)
      throws ContainerException, InterruptedException {
    OutputFiles output = files(id, sandbox, position(id));
    skipWhatIsWritten(id, output);
    return started(
        id,
        output,
        () ->
            engine
                .lasting()
                .logContainerCmd(engineId)
                .withStdOut(true)
                .withStdErr(true)
                .withTailAll()
                .exec(output));
  }

  private static void skipWhatIsWritten(ContainerId id, OutputFiles output)
      throws ContainerException {
    try {
      OutputFiles unused = output.skippingWhatIsWritten();
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot look at the output of container %s: %s".formatted(id, failure), failure);
    }
  }

  /** Where a command beside the container prints to. */
  OutputFiles ofCommand(ContainerId id, Path sandbox) throws ContainerException {
    Path stderr = sandbox.resolve("stderr");
    return open(id, stderr, stderr, Optional.empty());
  }

  /** Forgets how much was written. */
  void discard(ContainerId id) throws ContainerException {
    try {
      Files.deleteIfExists(file(id));
    } catch (IOException failure) {
      throw new ContainerException("cannot remove " + file(id) + ": " + failure, failure);
    }
  }

  private OutputFiles started(ContainerId id, OutputFiles output, Runnable call)
      throws ContainerException, InterruptedException {
    String doing = "output of container " + id + " cannot be read";
    try {
      call.run();
      if (!output.awaitStarted(options.callTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new ContainerException(
            "%s: no answer from Docker within %d s"
                .formatted(doing, options.callTimeout().toSeconds()));
      }
      return output;
    } catch (RuntimeException failure) {
      throw engine.explained(doing, failure);
    }
  }

  private OutputFiles files(ContainerId id, Path sandbox, OutputPosition position)
      throws ContainerException {
    return open(id, sandbox.resolve("stdout"), sandbox.resolve("stderr"), Optional.of(position));
  }

  private OutputFiles open(
      ContainerId id, Path stdout, Path stderr, Optional<OutputPosition> position)
      throws ContainerException {
    try {
      return OutputFiles.of("container " + id, stdout, stderr, position, clock);
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot write output of container %s to its sandbox: %s".formatted(id, failure), failure);
    }
  }

  private OutputPosition position(ContainerId id) throws ContainerException {
    try {
      return OutputPosition.open(file(id));
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot note the output of container %s in %s: %s".formatted(id, file(id), failure),
          failure);
    }
  }

  private Path file(ContainerId id) {
    return options.workFolder().resolve("meta/docker-output").resolve(id.value());
  }
}
