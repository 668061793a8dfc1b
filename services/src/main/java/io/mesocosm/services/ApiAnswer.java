package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.List;

/** What a request came to. */
public sealed interface ApiAnswer {
  /**
   * A deployment is stored and begins.
   *
   * @param version of the definitions
   * @param apps the definitions as stored, service ports assigned; without those deleted
   */
  record Deployed(DeploymentId deployment, Instant version, List<AppDefinition> apps)
      implements ApiAnswer {
    public Deployed {
      apps = List.copyOf(apps);
    }
  }

  /**
   * @param kind {@code App}, {@code Task} or {@code Deployment}
   */
  record NotFound(String kind, String id) implements ApiAnswer {}

  /**
   * @param kind {@code app}
   */
  record AlreadyExists(String kind, String id) implements ApiAnswer {}

  /** Deployments under way stand against it, and it was not forced (row L1). */
  record Locked(List<DeploymentId> deployments) implements ApiAnswer {
    public Locked {
      deployments = List.copyOf(deployments);
    }
  }

  /**
   * The request cannot be.
   *
   * @param path of the field, e.g. {@code /dependencies}
   */
  record Invalid(String path, String message) implements ApiAnswer {}

  /** The instances that are being ended, as they were. */
  record Killed(List<Instance> instances) implements ApiAnswer {
    public Killed {
      instances = List.copyOf(instances);
    }
  }

  record Done() implements ApiAnswer {}

  /** The app changed since it was read: merge with the present definition, and ask again. */
  record Retry() implements ApiAnswer {}

  /** Row L5. */
  record TooManyDeployments(int max) implements ApiAnswer {}

  /** Nothing was done, because it could not be stored. */
  record NotStored(String why) implements ApiAnswer {}

  /** Not loaded yet, or about to end. */
  record NotReady() implements ApiAnswer {}
}
