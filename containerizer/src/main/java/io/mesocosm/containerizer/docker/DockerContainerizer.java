package io.mesocosm.containerizer.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Containers on the Docker Engine (contracts/mesos-containerization.md §4).
 *
 * <p>A container is named {@code mesos-<containerId>} and carries the agent's work folder as a
 * label. Docker does not say whether a process ended by a signal or with code 128 and its number;
 * as with Mesos's docker executor, the exit code is what is reported. {@code cpus} are shares,
 * {@code memoryMegabytes} a hard limit. A command's text is run by the image's {@code /bin/sh}; a
 * value and arguments take the place of the image's CMD, after its entry point (D11).
 *
 * <p>When the daemon dies, {@link #await} fails for all containers, for nobody can tell how they
 * end.
 */
public final class DockerContainerizer implements Containerizer {
  private static final System.Logger LOG = System.getLogger(DockerContainerizer.class.getName());
  private static final String NAME_PREFIX = "mesos-";
  private static final int KILLED = 137;
  private static final int TIMED_OUT = 124;

  /** How long the rest of the output may take once a container has ended. */
  private static final Duration OUTPUT_MAX = Duration.ofSeconds(10);

  private final DockerOptions options;
  private final DockerEngine engine;
  private final ContainerOutput output;

  // threads of all containers meet here; one container's steps are ordered by its futures
  private final Map<ContainerId, Launched> containers = new ConcurrentHashMap<>();

  /** Connects with the first call. */
  public DockerContainerizer(DockerOptions options) {
    this.options = options;
    this.engine = new DockerEngine(options);
    this.output = new ContainerOutput(engine, options);
  }

  /** One that was or is being launched. */
  private record Launched(
      CompletableFuture<Void> stopRequested, CompletableFuture<Running> launched) {}

  /** What the daemon keeps telling of a container. */
  private record Running(
      Path sandbox, OutputFiles output, ContainerEnd end, Optional<Remainder> remainder) {}

  @Override
  public StartedContainer launch(ContainerSpec spec)
      throws ContainerException, InterruptedException {
    ContainerSpec.Docker docker =
        spec.docker()
            .orElseThrow(() ->
                new ContainerException(
                    "container %s has no image: Docker needs one".formatted(spec.id())));
    if (!Files.isDirectory(spec.sandbox())) {
      throw new ContainerException(
          "sandbox %s of container %s is not a folder".formatted(spec.sandbox(), spec.id()));
    }
    RunOptions run = RunPlan.of(spec, docker, options);
    Launched container = new Launched(new CompletableFuture<>(), new CompletableFuture<>());
    if (containers.putIfAbsent(spec.id(), container) != null) {
      throw new ContainerException("container %s was launched before".formatted(spec.id()));
    }
    try {
      String image = ImageName.withTag(docker.image());
      new ImagePull(engine).ensure(spec, image, docker.forcePull(), container.stopRequested());
      failIfStopped(spec.id(), container);
      return create(spec, image, run, container);
    } catch (ContainerException | InterruptedException | RuntimeException failure) {
      containers.remove(spec.id());
      discardAfter(failure, spec.id());
      container.launched().completeExceptionally(failure);
      throw failure;
    }
  }

  private static void failIfStopped(ContainerId id, Launched container) throws ContainerException {
    if (container.stopRequested().isDone()) {
      throw new ContainerException("container %s was stopped before it started".formatted(id));
    }
  }

  private StartedContainer create(
      ContainerSpec spec, String image, RunOptions run, Launched container)
      throws ContainerException, InterruptedException {
    String name = name(spec.id());
    CreateContainerCmd create = engine.quick().createContainerCmd(image).withName(name);
    run.applyTo(create);
    String engineId = create(name, create);
    try {
      OutputFiles stream = output.attach(spec.id(), engineId, spec.sandbox());
      failIfStopped(spec.id(), container);
      start(name, engineId);
      ContainerEnd end = engine.lasting().waitContainerCmd(engineId).exec(new ContainerEnd());
      StartedContainer started = inspect(spec.id(), engineId);
      container.launched().complete(new Running(spec.sandbox(), stream, end, Optional.empty()));
      return started;
    } catch (ContainerException | InterruptedException | RuntimeException failure) {
      removeAfter(failure, engineId);
      throw failure;
    }
  }

  private String create(String name, CreateContainerCmd create)
      throws ContainerException, InterruptedException {
    try {
      return engine.call("container " + name + " cannot be created", () -> create.exec().getId());
    } catch (ContainerException | InterruptedException failure) {
      // an answer that we did not get may have been good; a conflict means the name is another's
      if (!(failure.getCause() instanceof ConflictException)) {
        removeAfter(failure, name);
      }
      throw failure;
    }
  }

  private void start(String name, String engineId) throws ContainerException, InterruptedException {
    engine.call(
        "container " + name + " cannot be started",
        () -> engine.quick().startContainerCmd(engineId).exec());
  }

  private StartedContainer inspect(ContainerId id, String engineId)
      throws ContainerException, InterruptedException {
    return started(id, engine.inspect(engineId));
  }

  private static StartedContainer started(ContainerId id, Optional<JsonNode> inspection) {
    return new StartedContainer(
        id,
        inspection
            .map(node -> node.path("State").path("Pid").asLong())
            .filter(pid -> pid > 0)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()),
        inspection.flatMap(DockerContainerizer::address),
        inspection.map(node -> "[" + node + "]"));
  }

  /** Of its first network; newer engines no longer tell it at the top. */
  private static Optional<String> address(JsonNode inspection) {
    for (JsonNode network : inspection.path("NetworkSettings").path("Networks")) {
      String address = network.path("IPAddress").asText("");
      if (!address.isEmpty()) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  @Override
  public ContainerExit await(ContainerId id) throws ContainerException, InterruptedException {
    Running running = running(id).orElseThrow(() -> unknown(id));
    int code;
    try {
      code = running.end().exitCode.get();
    } catch (ExecutionException failure) {
      throw engine.explained(
          "container " + name(id) + " was lost sight of, it may still run", failure);
    }
    boolean complete = finish(running.output(), OUTPUT_MAX);
    if (complete && running.remainder().isPresent()) {
      complete = running.remainder().get().write();
    }
    if (!complete) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Output of " + name(id) + " did not end with it: the last of it may be missing");
    }
    return new ContainerExit(id, code << 8, code == KILLED && ranOutOfMemory(id));
  }

  /** Waits for the end of output, failed or not; false if it goes on. */
  private static boolean finish(OutputFiles output, Duration time) throws InterruptedException {
    try {
      return output.awaitCompletion(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RuntimeException brokeOff) {
      return false;
    }
  }

  private boolean ranOutOfMemory(ContainerId id) throws ContainerException, InterruptedException {
    return engine
        .inspect(name(id))
        .map(node -> node.path("State").path("OOMKilled").asBoolean())
        .orElse(false);
  }

  /**
   * {@inheritDoc}
   *
   * <p>As {@code docker stop} does: the image's STOPSIGNAL to the first process only. The grace is
   * rounded up to whole seconds. A container that is still being pulled or created fails to launch.
   */
  @Override
  public void stop(ContainerId id, Duration grace) throws ContainerException, InterruptedException {
    Launched container = containers.get(id);
    if (container == null) {
      return;
    }
    container.stopRequested().complete(null);
    if (running(id).isEmpty()) {
      return;
    }
    int seconds = (int) Math.min(Integer.MAX_VALUE, grace.plusNanos(999_999_999).toSeconds());
    engine.callIfPresent(
        "container " + name(id) + " cannot be stopped",
        () -> {
          try {
            engine.lasting().stopContainerCmd(name(id)).withTimeout(seconds).exec();
          } catch (NotModifiedException ended) {
            LOG.log(System.Logger.Level.TRACE, () -> name(id) + " had ended before its stop");
          }
        });
  }

  @Override
  public void destroy(ContainerId id) throws ContainerException, InterruptedException {
    Launched container = containers.get(id);
    if (container == null) {
      remove(name(id));
      output.discard(id);
      return;
    }
    container.stopRequested().complete(null);
    Optional<Running> running = running(id);
    remove(name(id));
    if (running.isPresent()) {
      // frees the connections; those who await the end have it, or get it from the removal
      finish(running.get().output(), OUTPUT_MAX);
      closeQuietly(running.get().output());
      closeQuietly(running.get().end());
    }
    output.discard(id);
    containers.remove(id, container);
  }

  private static void closeQuietly(Closeable stream) {
    try {
      stream.close();
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.DEBUG, "Cannot close a stream from Docker", failure);
    }
  }

  private void discardAfter(Exception failure, ContainerId id) {
    try {
      output.discard(id);
    } catch (ContainerException leftBehind) {
      failure.addSuppressed(leftBehind);
    }
  }

  private void removeAfter(Exception failure, String container) throws InterruptedException {
    try {
      remove(container);
    } catch (ContainerException leftBehind) {
      failure.addSuppressed(leftBehind);
    }
  }

  /** By name or by the engine's id; with its anonymous volumes. */
  private void remove(String container) throws ContainerException, InterruptedException {
    engine.callIfPresent(
        "container " + container + " cannot be removed",
        () ->
            engine
                .lasting()
                .removeContainerCmd(container)
                .withForce(true)
                .withRemoveVolumes(true)
                .exec());
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the command prints is appended to the sandbox's {@code stderr}. At the time-out its
   * processes are killed by their numbers on the machine, which takes root; without, they are left.
   */
  @Override
  public int execute(ContainerId id, List<String> command, Duration timeout)
      throws ContainerException, InterruptedException {
    Running running = running(id).orElseThrow(() -> unknown(id));
    String doing = "command in " + name(id) + " cannot be run";
    String execution =
        engine.call(
            doing,
            () ->
                engine
                    .quick()
                    .execCreateCmd(name(id))
                    .withCmd(command.toArray(String[]::new))
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec()
                    .getId());
    try (OutputFiles printed = output.ofCommand(id, running.sandbox())) {
      engine.lasting().execStartCmd(execution).exec(printed);
      if (!printed.awaitCompletion(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        killExecution(id, execution);
        return TIMED_OUT;
      }
    } catch (RuntimeException | IOException failure) {
      throw engine.explained(doing, failure);
    }
    Long code =
        engine.call(doing, () -> engine.quick().inspectExecCmd(execution).exec().getExitCodeLong());
    return code == null ? KILLED : code.intValue();
  }

  private void killExecution(ContainerId id, String execution)
      throws ContainerException, InterruptedException {
    InspectExecResponse state =
        engine.call(
            "command in " + name(id) + " cannot be killed",
            () -> engine.quick().inspectExecCmd(execution).exec());
    Long pid = state.getPidLong();
    if (pid == null || pid == 0 || !Boolean.TRUE.equals(state.isRunning())) {
      return;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    List<ProcessHandle> family =
        process.stream()
            .flatMap(first -> Stream.concat(first.descendants(), Stream.of(first)))
            .toList();
    if (family.isEmpty() || !family.stream().allMatch(ProcessHandle::destroyForcibly)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Command in {0} timed out and cannot be killed: process {1} of this machine is left to"
              + " end with the container",
          name(id),
          Long.toString(pid));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The containers of an agent are those labelled with its work folder. What they printed
   * meanwhile is appended to their sandboxes. With {@link DockerOptions#keepsOrphans} those that
   * are not wanted go on running instead, and nobody looks after them.
   */
  @Override
  public Map<ContainerId, RecoveredContainer> recover(Set<ContainerId> wanted)
      throws ContainerException, InterruptedException {
    Map<String, ContainerId> idsByName = new HashMap<>();
    wanted.forEach(id -> idsByName.put("/" + name(id), id));
    List<Container> labelled =
        engine.call(
            "containers cannot be listed",
            () ->
                engine
                    .quick()
                    .listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(
                        List.of(RunPlan.WORK_FOLDER_LABEL + "=" + RunPlan.workFolder(options)))
                    .exec());
    Map<ContainerId, RecoveredContainer> recovered = new LinkedHashMap<>();
    for (Container container : labelled) {
      Optional<ContainerId> id =
          Arrays.stream(container.getNames())
              .filter(idsByName::containsKey)
              .findFirst()
              .map(idsByName::get);
      if (id.isPresent()) {
        recovered.put(id.get(), recoverOrRemove(id.get(), container.getId()));
      } else {
        dealWithOrphan(container);
      }
    }
    return recovered;
  }

  /** What an agent that keeps orphans leaves running prints into its sandbox no more. */
  private void dealWithOrphan(Container container) throws ContainerException, InterruptedException {
    if (options.keepsOrphans()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Containers {0} of an earlier run of this agent, which no task is about, are left alone:"
              + " remove them with docker rm --force",
          String.join(", ", container.getNames()));
      return;
    }
    remove(container.getId());
    for (String name : container.getNames()) {
      if (name.startsWith("/" + NAME_PREFIX)) {
        output.discard(new ContainerId(name.substring(NAME_PREFIX.length() + 1)));
      }
    }
  }

  /** What is wrong with one container keeps no other from going on. */
  private RecoveredContainer recoverOrRemove(ContainerId id, String engineId)
      throws ContainerException, InterruptedException {
    try {
      return recover(id, engineId);
    } catch (ContainerException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Container " + name(id) + " cannot go on after the agent's restart, and is removed",
          failure);
      containers.remove(id);
      forget(id, engineId);
      return new RecoveredContainer.Vanished(id, String.valueOf(failure.getMessage()));
    }
  }

  private RecoveredContainer recover(ContainerId id, String engineId)
      throws ContainerException, InterruptedException {
    Optional<JsonNode> found = engine.inspect(engineId);
    String status =
        found.map(node -> node.path("State").path("Status").asText()).orElse("removing");
    return switch (status) {
      case "created" -> {
        forget(id, engineId);
        yield new RecoveredContainer.NeverStarted(id);
      }
      case "removing" -> {
        forget(id, engineId);
        yield new RecoveredContainer.Vanished(id, "somebody removed it from Docker");
      }
      case "exited", "dead" -> {
        resume(id, engineId, found.orElseThrow());
        yield new RecoveredContainer.Ended(await(id));
      }
      default -> {
        resume(id, engineId, found.orElseThrow());
        yield new RecoveredContainer.Running(started(id, found));
      }
    };
  }

  /** Takes up the container's output and waits for its end, as its launch would have. */
  private void resume(ContainerId id, String engineId, JsonNode inspection)
      throws ContainerException, InterruptedException {
    Path sandbox = sandbox(id, inspection);
    OutputFiles stream = output.resume(id, engineId, sandbox, inspection);
    ContainerEnd end = engine.lasting().waitContainerCmd(engineId).exec(new ContainerEnd());
    containers.put(
        id,
        new Launched(
            new CompletableFuture<>(),
            CompletableFuture.completedFuture(
                new Running(sandbox, stream, end, remainder(id, engineId, sandbox, inspection)))));
  }

  private Optional<Remainder> remainder(
      ContainerId id, String engineId, Path sandbox, JsonNode inspection) {
    return ContainerOutput.countsFromTheBeginning(inspection)
        ? Optional.of(new Remainder(() -> finish(output.rest(id, engineId, sandbox), OUTPUT_MAX)))
        : Optional.empty();
  }

  /** What the container sees as its sandbox. */
  private Path sandbox(ContainerId id, JsonNode inspection) throws ContainerException {
    for (JsonNode mount : inspection.path("Mounts")) {
      if (mount.path("Destination").asText().equals(options.sandboxFolder())) {
        return Path.of(mount.path("Source").asText());
      }
    }
    throw new ContainerException(
        "container %s has no sandbox at %s: was --sandbox_directory changed? Change it back, or remove the container"
            .formatted(name(id), options.sandboxFolder()));
  }

  private void forget(ContainerId id, String engineId)
      throws ContainerException, InterruptedException {
    remove(engineId);
    output.discard(id);
  }

  @Override
  public void close() {
    engine.close();
    containers.clear();
  }

  /** Waits for a launch under way; absent when it failed, or there was none. */
  private Optional<Running> running(ContainerId id) throws InterruptedException {
    Launched container = containers.get(id);
    if (container == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(container.launched().get());
    } catch (ExecutionException launchFailed) {
      return Optional.empty();
    }
  }

  private static String name(ContainerId id) {
    return NAME_PREFIX + id;
  }

  private static ContainerException unknown(ContainerId id) {
    return new ContainerException(
        "container %s is not known: it was never launched, or destroyed".formatted(id));
  }
}
