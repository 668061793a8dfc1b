package io.mesocosm.cli.roles;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperStore;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.services.ServicesFlags;
import io.mesocosm.services.ServicesOptions;
import io.mesocosm.services.ServicesProcess;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Wires the services scheduler and its store. */
public final class ServicesRole implements RoleMain.Role {
  /** For the local cluster: from arguments alone, without the environment. */
  public static AutoCloseable start(List<String> arguments, Consumer<Throwable> crashHandler)
      throws Exception {
    return start(ServicesOptions.parse(arguments), crashHandler);
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
    return start(ServicesOptions.from(flags), crashHandler);
  }

  private static AutoCloseable start(ServicesOptions options, Consumer<Throwable> crashHandler)
      throws Exception {
    Optional<String> refusal = options.refusalToListen();
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(refusal.get());
    }
    ShutdownOrder running = new ShutdownOrder();
    try {
      VersionedStore store =
          running.add("store", ZooKeeperStore.connect(ZooKeeperAddress.parse(options.zk())));
      running.add(
          "services",
          ServicesProcess.start(
              options, store, InstantSource.system(), new SecureRandom(), crashHandler));
      return running;
    } catch (Exception e) {
      running.close();
      throw e;
    }
  }
}
