package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.containerizer.process.ProcessTable.Entry;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Containers that are plain processes on the machine's own file system: for a machine without
 * Docker, and without root. A container is a session: its first process and whatever that starts,
 * unless it makes a session of its own.
 *
 * <p>Nothing is enforced: {@code cpus} and {@code memoryMegabytes} are the allocator's business
 * alone, so no container ever ends with {@code outOfMemory}. Labels have no use here. Volumes are
 * links in the sandbox, and refused where a link will not do.
 *
 * <p>A switched user (root only) is entered through {@code setpriv}: argv[0] is then always the
 * executable's path, and a command this user may not execute ends with code 126 or 127 rather than
 * failing to launch.
 */
public final class ProcessContainerizer implements Containerizer {
  private static final int TIMED_OUT = 124;

  private final Posix posix = new Posix();
  private final ProcessTable table = new ProcessTable();
  private final SessionRecords records;
  private final String bootId;

  // threads of all containers meet here; one container's steps are ordered by its future
  private final Map<ContainerId, CompletableFuture<Running>> containers = new ConcurrentHashMap<>();
  private final AtomicLong executions = new AtomicLong();

  /**
   * Needs Linux with glibc 2.34 or newer, and {@code --enable-native-access}.
   *
   * @param stateFolder remembers what runs, for {@link #removeOrphans}; one agent's alone
   */
  public ProcessContainerizer(Path stateFolder) {
    this.records = new SessionRecords(stateFolder);
    this.bootId = table.bootId();
  }

  /**
   * A container that was launched.
   *
   * @param executions sessions of commands run beside it, by their records' names
   */
  private record Running(
      LaunchPlan plan, Path sandbox, Session session, Map<String, Session> executions) {}

  @Override
  public StartedContainer launch(ContainerSpec spec)
      throws ContainerException, InterruptedException {
    LaunchPlan plan = LaunchPlan.of(spec);
    Launch launch = plan.command();
    CompletableFuture<Running> container = new CompletableFuture<>();
    if (containers.putIfAbsent(spec.id(), container) != null) {
      throw new ContainerException("container %s was launched before".formatted(spec.id()));
    }
    List<Path> links = List.of();
    try {
      SandboxFiles.makeOutputs(spec, plan.account());
      links = SandboxFiles.linkVolumes(spec);
      Session session = start(spec.id().value(), spec.sandbox(), launch);
      container.complete(new Running(plan, spec.sandbox(), session, new ConcurrentHashMap<>()));
      return new StartedContainer(
          spec.id(), OptionalLong.of(session.pid()), Optional.empty(), Optional.empty());
    } catch (ContainerException | InterruptedException | RuntimeException failure) {
      SandboxFiles.removeLinks(links, failure);
      containers.remove(spec.id());
      container.completeExceptionally(failure);
      throw failure;
    }
  }

  /** Notes the intention, starts, and notes what was started. */
  private Session start(String name, Path sandbox, Launch launch)
      throws ContainerException, InterruptedException {
    try {
      records.write(name, new SessionRecords.Session(bootId, sandbox, Optional.empty()));
      Session session = spawn(launch);
      try {
        Optional<SessionRecords.Leader> leader =
            table
                .find(session.pid())
                .map(entry -> new SessionRecords.Leader(entry.pid(), entry.startTicks()));
        records.write(name, new SessionRecords.Session(bootId, sandbox, leader));
        return session;
      } catch (IOException | RuntimeException failure) {
        session.destroy();
        throw failure;
      }
    } catch (IOException failure) {
      removeRecord(name);
      throw new ContainerException(
          "cannot record container %s: %s".formatted(name, failure), failure);
    } catch (ContainerException failure) {
      removeRecord(name);
      throw failure;
    }
  }

  private Session spawn(Launch launch) throws ContainerException {
    try {
      return Session.start(posix, table, launch);
    } catch (Posix.CallFailed failure) {
      return switch (failure.errno()) {
        case Posix.ENOEXEC -> spawn(asScript(launch, failure));
        case Posix.ENOENT ->
            throw new ContainerException(
                "cannot execute %s: its interpreter or loader does not exist, see its #! line"
                    .formatted(launch.executable()),
                failure);
        default ->
            throw new ContainerException(
                "cannot execute %s in %s: %s"
                    .formatted(launch.executable(), launch.folder(), failure.getMessage()),
                failure);
      };
    }
  }

  private static Launch asScript(Launch launch, Posix.CallFailed failure)
      throws ContainerException {
    if (launch.executable().equals(Path.of("/bin/sh"))) {
      throw new ContainerException("cannot execute /bin/sh: " + failure.getMessage(), failure);
    }
    return LaunchPlan.asScript(launch);
  }

  @Override
  public ContainerExit await(ContainerId id) throws ContainerException, InterruptedException {
    Running running = running(id).orElseThrow(() -> unknown(id));
    return new ContainerExit(id, running.session().await(), false);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Once its first process has ended, a container has: what still lives of it is killed without
   * more ado.
   */
  @Override
  public void stop(ContainerId id, Duration grace) throws ContainerException, InterruptedException {
    Optional<Running> running = running(id);
    if (running.isPresent()) {
      Session session = running.get().session();
      session.terminate();
      // of two graces that run, the shorter ends first and kills: the longer one sees the end
      session.await(grace);
      session.kill();
    }
  }

  @Override
  public void destroy(ContainerId id) throws ContainerException, InterruptedException {
    Optional<Running> running = running(id);
    if (running.isPresent()) {
      running.get().session().destroy();
      // a command about to run looks here after it has told of itself, so one of us sees the other
      containers.remove(id);
      for (Session execution : running.get().executions().values()) {
        execution.kill();
      }
      removeRecord(id.value());
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The command gets the container's environment, working directory and user; what it prints is
   * appended to the sandbox's {@code stderr}. Ended by a signal, its code is 128 and the signal's
   * number. It ends with its container.
   */
  @Override
  public int execute(ContainerId id, List<String> command, Duration timeout)
      throws ContainerException, InterruptedException {
    Running running = running(id).orElseThrow(() -> unknown(id));
    String name = id.value() + "-" + executions.incrementAndGet();
    Session session = start(name, running.sandbox(), running.plan().check(command));
    running.executions().put(name, session);
    try {
      if (!containers.containsKey(id)) {
        throw unknown(id);
      }
      if (!session.await(timeout)) {
        return TIMED_OUT;
      }
      ContainerExit exit = new ContainerExit(id, session.await(), false);
      return exit.isSignaled() ? 128 + exit.signal() : exit.exitCode();
    } finally {
      running.executions().remove(name);
      session.destroy();
      removeRecord(name);
    }
  }

  @Override
  public void removeOrphans() throws ContainerException, InterruptedException {
    try {
      for (var entry : records.readAll().entrySet()) {
        if (!isOurs(entry.getKey())) {
          for (int session : orphans(entry.getValue())) {
            Session.killAll(posix, table, session);
          }
          records.remove(entry.getKey());
        }
      }
    } catch (IOException failure) {
      throw new ContainerException("cannot read process records: " + failure, failure);
    }
  }

  private boolean isOurs(String recordName) {
    Set<ContainerId> ids = containers.keySet();
    return ids.stream()
        .anyMatch(id -> recordName.equals(id.value()) || recordName.startsWith(id.value() + "-"));
  }

  /** The sessions that a record means, as far as they certainly are the same still. */
  private List<Integer> orphans(SessionRecords.Session record) {
    if (!record.bootId().equals(bootId)) {
      return List.of();
    }
    if (record.leader().isEmpty()) {
      // the agent died between the intention and the note: nothing else writes there, and leads
      return table.leaders().stream()
          .filter(entry -> table.writesInto(entry, record.sandbox()))
          .map(Entry::pid)
          .toList();
    }
    SessionRecords.Leader leader = record.leader().get();
    Optional<Entry> now = table.find(leader.pid());
    boolean same =
        now.isPresent()
            ? now.get().startTicks() == leader.startTicks() && now.get().session() == leader.pid()
            : table.living(leader.pid()).stream()
                .anyMatch(entry ->
                    table.writesInto(entry, record.sandbox())
                        || table.worksIn(entry, record.sandbox()));
    return same ? List.of(leader.pid()) : List.of();
  }

  /** Containers go on running; call {@link #removeOrphans} in a later run to be rid of them. */
  @Override
  public void close() {
    containers.clear();
  }

  private void removeRecord(String name) throws ContainerException {
    try {
      records.remove(name);
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot remove the record of container %s: %s".formatted(name, failure), failure);
    }
  }

  /** Waits for a launch under way; absent when it failed, or there was none. */
  private Optional<Running> running(ContainerId id) throws InterruptedException {
    CompletableFuture<Running> container = containers.get(id);
    if (container == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(container.get());
    } catch (ExecutionException launchFailed) {
      return Optional.empty();
    }
  }

  private static ContainerException unknown(ContainerId id) {
    return new ContainerException(
        "container %s is not known: it was never launched, or destroyed".formatted(id));
  }
}
