package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.containerizer.process.ProcessTable.Entry;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
 * <p>Containers outlive the agent, however it ends: a small shell leads each session, has the
 * command as its child, and keeps its exit status for the agent's next run, see {@link Supervisor}.
 * That costs a difference: an exit code of 129 to 159 reads as the end by a signal, as any shell
 * reports one. Whoever is the agent's own user could change what is kept.
 *
 * <p>A switched user (root only) is entered through {@code setpriv}. A command this user may not
 * execute, or that the kernel refuses for a reason that is not seen beforehand, ends with code 126
 * or 127 rather than failing to launch.
 */
public final class ProcessContainerizer implements Containerizer {
  private static final int TIMED_OUT = 124;

  /** Between a container's id and a number, in the record of a command beside it. */
  private static final String CHECK = "~";

  private static final Path NOWHERE = Path.of("/dev/null");

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);
  private static final int LOOKS_MAX = 500;

  private final Machine machine = Machine.local();
  private final SessionRecords records;
  private final String bootId;

  // threads of all containers meet here; one container's steps are ordered by its future
  private final Map<ContainerId, CompletableFuture<Running>> containers = new ConcurrentHashMap<>();
  private final AtomicLong executions = new AtomicLong();

  /**
   * Needs Linux 5.3 or newer with glibc 2.34 or newer, and {@code --enable-native-access}.
   *
   * @param stateFolder remembers what runs, for {@link #recover}; one agent's alone
   */
  public ProcessContainerizer(Path stateFolder) {
    this.records = new SessionRecords(stateFolder);
    this.bootId = machine.table().bootId();
  }

  /**
   * A container that was launched.
   *
   * @param executions sessions of commands run beside it, by their records' names
   */
  private record Running(LaunchPlan plan, Session session, Map<String, Session> executions) {}

  /** A session that was started, and the pid of its command. */
  private record Started(Session session, int pid) {}

  @Override
  public StartedContainer launch(ContainerSpec spec)
      throws ContainerException, InterruptedException {
    LaunchPlan plan = LaunchPlan.of(spec);
    Launch launch = plan.command(spec);
    CompletableFuture<Running> container = new CompletableFuture<>();
    if (containers.putIfAbsent(spec.id(), container) != null) {
      throw new ContainerException("container %s was launched before".formatted(spec.id()));
    }
    List<Path> links = List.of();
    try {
      SandboxFiles.makeOutputs(spec, plan.origin().account());
      links = SandboxFiles.linkVolumes(spec);
      String name = spec.id().value();
      Started started = start(name, plan.origin(), launch, records.status(name));
      container.complete(new Running(plan, started.session(), new ConcurrentHashMap<>()));
      return new StartedContainer(
          spec.id(), OptionalLong.of(started.pid()), Optional.empty(), Optional.empty());
    } catch (ContainerException | InterruptedException | RuntimeException failure) {
      SandboxFiles.removeLinks(links, failure);
      containers.remove(spec.id());
      container.completeExceptionally(failure);
      throw failure;
    }
  }

  /** The supervisor is noted before it is told to go: what runs is known, whenever we end. */
  private Started start(String name, Origin origin, Launch launch, Path status)
      throws ContainerException, InterruptedException {
    Supervisor supervisor =
        Supervisor.start(machine.posix(), machine.descriptors(), launch, status);
    SessionRecords.Leader leader =
        machine
            .table()
            .find(supervisor.pid())
            .map(entry -> new SessionRecords.Leader(entry.pid(), entry.startTicks()))
            .orElseThrow(() -> new IllegalStateException("our own child is not in /proc"));
    Session session = Session.started(machine, leader, origin.sandbox());
    try {
      record(name, supervisor, new SessionRecords.Session(bootId, leader, origin));
      return new Started(session, supervisor.go());
    } catch (ContainerException | RuntimeException failure) {
      session.destroy();
      removeRecord(name);
      throw failure;
    }
  }

  private void record(String name, Supervisor supervisor, SessionRecords.Session session)
      throws ContainerException {
    try {
      records.write(name, session);
    } catch (IOException failure) {
      supervisor.giveUp();
      throw new ContainerException(
          "cannot record container %s: %s".formatted(name, failure), failure);
    } catch (RuntimeException failure) {
      supervisor.giveUp();
      throw failure;
    }
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
    String name = id.value() + CHECK + executions.incrementAndGet();
    Launch launch = running.plan().check(command);
    Session session = start(name, running.plan().origin(), launch, NOWHERE).session();
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

  /**
   * {@inheritDoc}
   *
   * <p>A container that ended meanwhile and whose supervisor could not note how, as something
   * killed that too, has vanished. Commands that ran beside containers are killed.
   */
  @Override
  public Map<ContainerId, RecoveredContainer> recover(Set<ContainerId> wanted)
      throws ContainerException, InterruptedException {
    Map<ContainerId, RecoveredContainer> recovered = new LinkedHashMap<>();
    Map<Integer, Entry> commandsBySupervisor = new HashMap<>();
    machine.table().all().stream()
        .filter(entry -> entry.session() == entry.parent() && !entry.isZombie())
        .forEach(entry -> commandsBySupervisor.put(entry.parent(), entry));
    SortedMap<String, SessionRecords.Session> orphans = new TreeMap<>();
    try {
      for (var entry : records.readAll().entrySet()) {
        String name = entry.getKey();
        SessionRecords.Session record = entry.getValue();
        ContainerId id = record.origin().id();
        if (name.equals(id.value()) && wanted.contains(id)) {
          Optional<Entry> command =
              Optional.ofNullable(commandsBySupervisor.get(record.leader().pid()));
          recovered.put(id, recover(name, record, command));
        } else {
          orphans.put(name, record);
        }
      }
      killOrphans(orphans);
      records.removeStrays();
    } catch (IOException failure) {
      throw new ContainerException("cannot read process records: " + failure, failure);
    }
    return recovered;
  }

  private RecoveredContainer recover(
      String name, SessionRecords.Session record, Optional<Entry> seen)
      throws IOException, ContainerException, InterruptedException {
    ContainerId id = record.origin().id();
    if (!record.bootId().equals(bootId)) {
      records.remove(name);
      return new RecoveredContainer.Vanished(id, "the machine was restarted");
    }
    Session session =
        Session.recovered(
            machine, record.leader(), record.origin().sandbox(), () -> lastStatus(name));
    Optional<Entry> command = awaitCommand(session, record.leader(), seen);
    if (command.isPresent()) {
      know(record, session);
      return new RecoveredContainer.Running(
          new StartedContainer(
              id, OptionalLong.of(command.get().pid()), Optional.empty(), Optional.empty()));
    }
    Optional<String> noted = records.readStatus(name);
    if (noted.isPresent() && !noted.get().equals(Supervisor.NEVER)) {
      know(record, session);
      return new RecoveredContainer.Ended(new ContainerExit(id, session.await(), false));
    }
    killOrphan(name, record);
    return noted.isPresent()
        ? new RecoveredContainer.NeverStarted(id)
        : new RecoveredContainer.Vanished(
            id, "its processes were killed, with the one that was to note their exit status");
  }

  /**
   * A supervisor without a command is about to start it, or to end: absent when it has ended.
   *
   * @param seen what was its command a moment ago, if the number is not another's
   */
  private Optional<Entry> awaitCommand(
      Session session, SessionRecords.Leader leader, Optional<Entry> seen)
      throws ContainerException, InterruptedException {
    Optional<Entry> command = seen;
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
      boolean runs =
          machine
              .table()
              .find(leader.pid())
              .filter(now -> now.startTicks() == leader.startTicks() && !now.isZombie())
              .isPresent();
      if (runs && command.isPresent()) {
        return command;
      }
      if (session.await(LOOK_INTERVAL)) {
        return Optional.empty();
      }
      command =
          machine.table().living(leader.pid()).stream()
              .filter(entry -> entry.parent() == leader.pid())
              .findFirst();
    }
    throw new ContainerException(
        "supervisor process %d neither runs its command nor ends: kill it, and start the agent again"
            .formatted(leader.pid()));
  }

  private void know(SessionRecords.Session record, Session session) {
    containers.put(
        record.origin().id(),
        CompletableFuture.completedFuture(
            new Running(LaunchPlan.of(record.origin()), session, new ConcurrentHashMap<>())));
  }

  /** All at once: so they share looks at the machine's processes, and waits for their ends. */
  private void killOrphans(SortedMap<String, SessionRecords.Session> orphans)
      throws IOException, ContainerException, InterruptedException {
    try (ExecutorService killers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> kills = new ArrayList<>();
      orphans.forEach((name, record) ->
          kills.add(() -> {
            killOrphan(name, record);
            return true;
          }));
      for (Future<Boolean> killed : killers.invokeAll(kills)) {
        boolean unused = killed.get();
      }
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case ContainerException known -> throw known;
        case IOException known -> throw known;
        case null, default -> throw new ContainerException("cannot kill what is left", failure);
      }
    }
  }

  private void killOrphan(String name, SessionRecords.Session record)
      throws IOException, ContainerException, InterruptedException {
    if (record.bootId().equals(bootId)) {
      Session.recovered(machine, record.leader(), record.origin().sandbox(), () -> 0).destroy();
    }
    records.remove(name);
  }

  /** Without a note the supervisor was killed, most likely with its group by one of its own. */
  private int lastStatus(String name) {
    try {
      return records
          .readStatus(name)
          .filter(noted -> !noted.equals(Supervisor.NEVER))
          .map(noted -> Supervisor.ofShell(Integer.parseInt(noted)))
          .orElse(Posix.SIGKILL);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Containers go on running; call {@link #recover} in a later run to be rid of them. */
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
