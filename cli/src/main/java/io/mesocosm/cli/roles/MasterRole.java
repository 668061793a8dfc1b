package io.mesocosm.cli.roles;

import io.mesocosm.master.shell.MasterFlags;
import io.mesocosm.master.shell.MasterListener;
import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import io.mesocosm.runtime.SteadyClock;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;

/** Wires a master. */
public final class MasterRole implements RoleMain.Role {
  /** For the local cluster: from arguments alone, without the environment. */
  public static AutoCloseable start(List<String> arguments, Consumer<Throwable> crashHandler) {
    return start(MasterOptions.parse(arguments), crashHandler);
  }

  @Override
  public List<Flag<?>> flags() {
    return MasterFlags.ALL;
  }

  @Override
  public List<String> environmentPrefixes() {
    return MasterFlags.ENVIRONMENT_PREFIXES;
  }

  @Override
  public AutoCloseable start(Flags flags, Consumer<Throwable> crashHandler) {
    return start(MasterOptions.from(flags), crashHandler);
  }

  @Override
  public AutoCloseable start(Flags flags, RoleEnds ends) {
    return MasterProcess.start(
        MasterOptions.from(flags),
        SteadyClock.start(),
        new SecureRandom(),
        new MasterListener() {
          @Override
          public void ended(String line) {
            ends.ended(line);
          }

          @Override
          public void crashed(Throwable cause) {
            ends.crashed(cause);
          }
        });
  }

  private static AutoCloseable start(MasterOptions options, Consumer<Throwable> crashHandler) {
    return MasterProcess.start(options, SteadyClock.start(), new SecureRandom(), crashHandler);
  }
}
