package io.mesocosm.cli.local;

import io.mesocosm.cli.Logging;
import io.mesocosm.cli.client.AppDocument;
import io.mesocosm.cli.client.Apps;
import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.http.AnnouncedAddress;
import io.mesocosm.http.security.SecurityOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm local}: a whole cluster on this machine, until Ctrl-C. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description =
        "Start a whole cluster on this machine, deploy the applications in FILE…, and stay until Ctrl-C.",
    subcommands = StopCommand.class)
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
public final class LocalCommand implements java.util.concurrent.Callable<Integer> {
  static final int AGENTS_MAX = 100;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "application documents (JSON) to deploy",
      arity = "0..*")
  private List<Path> files = List.of();

  @Option(
      names = {"--work_dir", "--work-dir"},
      paramLabel = "DIR",
      description = "where data goes (default: ~/.mesocosm)")
  private Path workDir = Path.of(System.getProperty("user.home"), ".mesocosm");

  @Option(
      names = "--agents",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "how many agents, on 127.0.0.1 and the addresses after it (default: ${DEFAULT-VALUE})")
  private int agents;

  @Option(
      names = "--ports-from",
      paramLabel = "P",
      description =
          "use port P and those after it, to run beside something else (default: the usual ports)")
  private int portsFrom;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "the address that master and services listen on (default: ${DEFAULT-VALUE})")
  private String bindAddress = "";

  @Option(
      names = "--insecure",
      description =
          "with --bind: let others reach the cluster although anyone among them may run anything")
  private boolean insecure;

  @Option(
      names = "--detach",
      description =
          "return once everything serves and the applications are healthy; cosm local stop ends it")
  private boolean detach;

  @Option(names = "--clean", description = "forget everything of earlier runs first")
  private boolean clean;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "how long applications may take to be healthy (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Option(
      names = "--once",
      hidden = true,
      description = "stop as soon as all is healthy: how the launcher trains its start-up cache")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    LocalPorts ports = validated();
    LocalLayout layout = new LocalLayout(workDir.toAbsolutePath().normalize());
    List<AppDocument> documents = new ArrayList<>();
    for (Path file : files) {
      documents.add(AppDocument.read(file));
    }
    if (detach) {
      return new DetachedStart(layout, spec.commandLine().getOut())
          .start(childArguments(layout), Duration.ofSeconds(timeoutSeconds + 60L));
    }
    layout.prepare();
    try (FileChannel channel =
            FileChannel.open(layout.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock(channel, layout)) {
      if (clean) {
        layout.clean();
        layout.prepare();
      }
      return runLocked(layout, ports, documents);
    }
  }

  private int runLocked(LocalLayout layout, LocalPorts ports, List<AppDocument> documents)
      throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    CountDownLatch ended = new CountDownLatch(once ? 0 : 1);
    CountDownLatch finished = new CountDownLatch(1);
    // The event loop that broke writes, the command's thread reads.
    AtomicReference<@Nullable Throwable> crash = new AtomicReference<>();
    Logging.toFile(layout.logs());
    LocalStatus.ofThisProcess(LocalStatus.Phase.STARTING, "").write(layout.status());
    LocalCluster cluster =
        new LocalCluster(
            layout, ports, bindAddress, insecure, failure -> crashed(failure, crash, ended));
    Thread hook = new Thread(() -> stopAndWait(cluster, ended, finished), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (cluster) {
      ports.requireFree(bindAddress);
      cluster.start();
      new LocalReport(cluster, out).urls();
      LocalStatus status = deploy(cluster, documents, out);
      status.write(layout.status());
      out.println(status.message());
      out.flush();
      ended.await();
      Throwable failure = crash.get();
      if (failure != null) {
        throw new IllegalStateException(
            "a role broke a rule of its own state and was stopped", failure);
      }
      return 0;
    } catch (Exception e) {
      LocalStatus.ofThisProcess(LocalStatus.Phase.FAILED, String.valueOf(e.getMessage()))
          .write(layout.status());
      throw asFailure(e, layout);
    } finally {
      finished.countDown();
    }
  }

  private LocalStatus deploy(LocalCluster cluster, List<AppDocument> documents, PrintWriter out) {
    Apps apps = new Apps(cluster.services());
    List<String> ids = new ArrayList<>();
    for (AppDocument document : documents) {
      ids.add(apps.deploy(document, true));
    }
    try {
      for (String id : ids) {
        apps.awaitHealthy(id, Duration.ofSeconds(timeoutSeconds));
      }
    } catch (CommandFailure e) {
      String message =
          e.getMessage()
              + "; the cluster stays up for a look: cosm app show "
              + String.join(" ", ids);
      return LocalStatus.ofThisProcess(LocalStatus.Phase.UNHEALTHY, message);
    }
    new LocalReport(cluster, out).instances();
    return LocalStatus.ofThisProcess(LocalStatus.Phase.READY, detachedOrForeground());
  }

  private String detachedOrForeground() {
    return System.console() == null && System.getenv("COSM_DETACHED") != null
        ? "Ready; cosm local stop ends it."
        : "Ready. Ctrl-C stops everything.";
  }

  private static void crashed(
      Throwable failure, AtomicReference<@Nullable Throwable> crash, CountDownLatch ended) {
    crash.set(failure);
    ended.countDown();
  }

  private static void stopAndWait(
      LocalCluster cluster, CountDownLatch ended, CountDownLatch finished) {
    cluster.close();
    ended.countDown();
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Exception asFailure(Exception e, LocalLayout layout) {
    return switch (e) {
      case CommandFailure failure -> failure;
      case InterruptedException interrupted -> interrupted;
      default -> {
        System.getLogger(LocalCommand.class.getName())
            .log(System.Logger.Level.ERROR, "the local cluster cannot run", e);
        yield CommandFailure.failed(
            "the cluster cannot run: "
                + e.getMessage()
                + " (more in "
                + layout.logs()
                + "/cosm.0.log)");
      }
    };
  }

  private LocalPorts validated() {
    if (agents < 1 || agents > AGENTS_MAX) {
      throw CommandFailure.misused(
          "--agents=" + agents + " is out of range: give a number from 1 to " + AGENTS_MAX);
    }
    try {
      AnnouncedAddress.of(bindAddress);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused("--bind: " + e.getMessage());
    }
    if (!insecure
        && SecurityOptions.refusalToListen(bindAddress, SecurityOptions.none()).isPresent()) {
      throw CommandFailure.misused(
          "--bind="
              + bindAddress
              + " would let anyone who reaches this machine run programs on it: listen on"
              + " 127.0.0.1, or accept the risk with --insecure, or start each role with"
              + " credentials (docs/security.md)");
    }
    return portsFrom == 0 ? LocalPorts.usual(agents) : LocalPorts.from(portsFrom, agents);
  }

  private List<String> childArguments(LocalLayout layout) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "local",
                "--work_dir=" + layout.workDir(),
                "--agents=" + agents,
                "--bind=" + bindAddress,
                "--timeout=" + timeoutSeconds));
    if (portsFrom != 0) {
      arguments.add("--ports-from=" + portsFrom);
    }
    if (clean) {
      arguments.add("--clean");
    }
    if (insecure) {
      arguments.add("--insecure");
    }
    files.forEach(file -> arguments.add(file.toAbsolutePath().toString()));
    return arguments;
  }

  private static FileLock lock(FileChannel channel, LocalLayout layout) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw CommandFailure.failed(
          "a local cluster runs in "
              + layout.workDir()
              + " already: stop it with cosm local stop, or name another --work_dir (and --ports-from)");
    }
    return lock;
  }
}
