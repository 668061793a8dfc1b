package io.mesocosm.services.api;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The core, as routes see it. Every method but {@link #snapshot} waits until the core has answered,
 * which it does when what it promises is stored. Thread-safe.
 */
public interface ServicesProxy {
  /** How things stood a moment ago; never older than an answer that was given. */
  ServicesSnapshot snapshot();

  /** See {@link io.mesocosm.services.ServicesCommand.Change}. */
  ApiAnswer change(List<Wish> wishes, OptionalLong expectedGeneration, WriteOptions options);

  /** See {@link io.mesocosm.services.ServicesCommand.KillInstances}. */
  ApiAnswer killInstances(
      List<String> ids,
      Optional<AppId> app,
      Optional<String> host,
      boolean scale,
      boolean wipe,
      WriteOptions options);

  ApiAnswer cancelDeployment(DeploymentId deployment, WriteOptions options);

  ApiAnswer resetDelay(AppId app);

  /** See {@link io.mesocosm.services.ServicesCommand.ConfirmRouting}. */
  ApiAnswer confirmRouting(String router, List<String> shown, List<String> removed);
}
