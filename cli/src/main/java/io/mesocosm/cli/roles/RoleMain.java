package io.mesocosm.cli.roles;

import io.mesocosm.cli.Logging;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.runtime.Flags.InvalidFlagsException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs one role until the process is told to end. */
public final class RoleMain {
  private static final Map<String, Role> ROLES =
      Map.of("master", new MasterRole(), "agent", new AgentRole(), "services", new ServicesRole());

  /**
   * Evidence is in the log; nothing of a state that broke its own rules is to be trusted with an
   * orderly end.
   */
  private static final int CRASHED = 70;

  private static final int FAILED = 1;
  private static final Duration CLOSING_MAX = Duration.ofSeconds(10);

  private RoleMain() {}

  /** What a role needs to be started. */
  interface Role {
    List<Flag<?>> flags();

    List<String> environmentPrefixes();

    /**
     * Starts the role and returns what to close at the end.
     *
     * @param crashHandler told when the running role broke a rule of its own state
     */
    AutoCloseable start(Flags flags, Consumer<Throwable> crashHandler) throws Exception;

    /** As above, for a role that may end in other ways too. */
    default AutoCloseable start(Flags flags, RoleEnds ends) throws Exception {
      return start(flags, ends::crashed);
    }
  }

  public static boolean isRole(String name) {
    return ROLES.containsKey(name);
  }

  /** Exit code 0 after an orderly end, 1 if the role failed, 2 for bad flags. */
  @SuppressWarnings("SystemOut") // a role has no other way to speak to the one who starts it
  public static int run(String name, List<String> arguments) {
    Role role = ROLES.get(name);
    if (role == null) {
      throw new IllegalArgumentException("no role " + name);
    }
    if (arguments.contains("--help")) {
      printHelp(name, role, System.out);
      return 0;
    }
    Logging.toConsole();
    try {
      Flags flags =
          Flags.parse(role.flags(), arguments, System.getenv(), role.environmentPrefixes());
      return runUntilEnded(name, role, flags);
    } catch (InvalidFlagsException e) {
      e.problems().forEach(problem -> System.err.println("cosm " + name + ": " + problem));
      return 2;
    }
  }

  @SuppressWarnings("SystemOut") // see run
  private static int runUntilEnded(String name, Role role, Flags flags) {
    CompletableFuture<Optional<String>> end = new CompletableFuture<>();
    CountDownLatch closed = new CountDownLatch(1);
    try (AutoCloseable running = role.start(flags, ends(end))) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    end.complete(Optional.empty());
                    awaitQuietly(closed);
                  },
                  "shutdown"));
      Optional<String> reason = end.get();
      reason.ifPresent(line -> {
        System.err.println("cosm " + name + ": " + line);
        haltIfClosingTakesTooLong();
      });
      System.getLogger(RoleMain.class.getName())
          .log(
              System.Logger.Level.INFO,
              name + " ends: " + running.getClass().getSimpleName() + " closes");
      return reason.isPresent() ? FAILED : 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    } catch (IllegalArgumentException e) {
      // Flags that are each right and do not go together.
      System.err.println("cosm " + name + ": " + e.getMessage());
      return 2;
    } catch (Exception e) {
      System.err.println("cosm " + name + ": " + e.getMessage());
      System.getLogger(RoleMain.class.getName()).log(System.Logger.Level.DEBUG, "start failed", e);
      return FAILED;
    } finally {
      closed.countDown();
    }
  }

  private static RoleEnds ends(CompletableFuture<Optional<String>> end) {
    return new RoleEnds() {
      @Override
      public void crashed(Throwable cause) {
        Runtime.getRuntime().halt(CRASHED);
      }

      @Override
      public void ended(String line) {
        end.complete(Optional.of(line));
      }
    };
  }

  /** What has ended is to be started anew soon, even if it cannot be closed in good order. */
  private static void haltIfClosingTakesTooLong() {
    CompletableFuture.delayedExecutor(CLOSING_MAX.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> Runtime.getRuntime().halt(FAILED));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void printHelp(String name, Role role, PrintStream out) {
    out.println(
        "Usage: cosm "
            + name
            + " [--flag=value]…   (also from the environment: "
            + String.join("NAME, ", role.environmentPrefixes())
            + "NAME)");
    for (Flag<?> flag : role.flags()) {
      String value =
          flag.required()
              ? "required"
              : flag.fallback().map(text -> "default: " + text).orElse("optional");
      out.printf("  --%-36s %s (%s)%n", flag.name(), flag.help(), value);
    }
  }
}
