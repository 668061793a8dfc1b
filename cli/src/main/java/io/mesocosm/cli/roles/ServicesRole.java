package io.mesocosm.cli.roles;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperStore;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.runtime.SteadyClock;
import io.mesocosm.services.shell.ServicesFlags;
import io.mesocosm.services.shell.ServicesListener;
import io.mesocosm.services.shell.ServicesOptions;
import io.mesocosm.services.shell.ServicesProcess;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Wires the services scheduler, and its store unless an election hands it one. */
public final class ServicesRole implements RoleMain.Role {
  /**
   * For the local cluster: from arguments alone, without the environment, and without rivals: it
   * leads when this returns.
   */
  public static AutoCloseable start(List<String> arguments, Consumer<Throwable> crashHandler)
      throws Exception {
    return alone(ServicesOptions.parse(arguments), crashHandler);
  }

  @Override
  public List<Flag<?>> flags() {
    return ServicesFlags.ALL;
  }

  @Override
  public List<String> environmentPrefixes() {
    return ServicesFlags.ENVIRONMENT_PREFIXES;
  }

  @Override
  public AutoCloseable start(Flags flags, Consumer<Throwable> crashHandler) throws Exception {
    return alone(ServicesOptions.from(flags), crashHandler);
  }

  @Override
  public AutoCloseable start(Flags flags, RoleEnds ends) throws Exception {
    ServicesOptions options = ServicesOptions.from(flags);
    if (!options.ha().enabled()) {
      return alone(options, ends::crashed);
    }
    requireAllowedToListen(options);
    return ServicesProcess.contend(
        options,
        SteadyClock.start(),
        new SecureRandom(),
        new ServicesListener() {
          @Override
          public void changed(String line) {
            // It has logged the line, and needs nobody: it stands by and leads again by itself.
          }

          @Override
          public void crashed(Throwable cause) {
            ends.crashed(cause);
          }
        });
  }

  private static void requireAllowedToListen(ServicesOptions options) {
    Optional<String> refusal = options.refusalToListen();
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(refusal.get());
    }
  }

  private static AutoCloseable alone(ServicesOptions options, Consumer<Throwable> crashHandler)
      throws Exception {
    requireAllowedToListen(options);
    ShutdownOrder running = new ShutdownOrder();
    try {
      VersionedStore store =
          running.add("store", ZooKeeperStore.connect(ZooKeeperAddress.parse(options.zk())));
      running.add(
          "services",
          ServicesProcess.start(
              options, store, SteadyClock.start(), new SecureRandom(), crashHandler));
      return running;
    } catch (Exception e) {
      running.close();
      throw e;
    }
  }
}
