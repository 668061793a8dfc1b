package io.mesocosm.services.api;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.util.List;
import java.util.Optional;

/**
 * The core, as routes see it. Every method but {@link #snapshot} waits until the core has answered,
 * which it does when what it promises is stored. Thread-safe.
 */
public interface ServicesProxy {
  /** How things stood a moment ago; never older than an answer that was given. */
  ServicesSnapshot snapshot();

  ApiAnswer createApp(AppDefinition app, boolean force);

  ApiAnswer changeApps(List<ServicesCommand.ChangeApps.Change> changes, boolean force);

  ApiAnswer deleteApp(AppId app, boolean force);

  ApiAnswer restartApp(AppId app, boolean force);

  /** See {@link ServicesCommand.KillInstances}. */
  ApiAnswer killInstances(
      List<String> ids, Optional<AppId> app, Optional<String> host, boolean scale, boolean force);

  ApiAnswer cancelDeployment(DeploymentId deployment, boolean force);

  ApiAnswer resetDelay(AppId app);
}
