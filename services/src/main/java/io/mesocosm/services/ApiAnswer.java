package io.mesocosm.services;

import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.List;

/** What a request came to. */
public sealed interface ApiAnswer {
  /**
   * A deployment is stored and begins.
   *
   * @param version of the definitions
   * @param specs the definitions as stored, service ports assigned; without those deleted
   */
  record Deployed(DeploymentId deployment, Instant version, List<RunSpec> specs)
      implements ApiAnswer {
    public Deployed {
      specs = List.copyOf(specs);
    }
  }

  /**
   * What would have been deployed; nothing was.
   *
   * @param specs as {@link Deployed#specs}
   */
  record Planned(Deployment deployment, List<RunSpec> specs) implements ApiAnswer {
    public Planned {
      specs = List.copyOf(specs);
    }
  }

  /** The same was asked before, under the same key, and this came of it. */
  record Repeated(GivenAnswer first) implements ApiAnswer {}

  /** Something else was asked before, under the same key. */
  record KeyReused() implements ApiAnswer {}

  /**
   * @param kind {@code App}, {@code Pod}, {@code Group}, {@code Task} or {@code Deployment}
   */
  record NotFound(String kind, String id) implements ApiAnswer {}

  /**
   * @param kind {@code app}, {@code pod} or {@code group}
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

  /** Something changed since it was read: merge with what there is, and ask again. */
  record Retry() implements ApiAnswer {}

  /** Row L5. */
  record TooManyDeployments(int max) implements ApiAnswer {}

  /** There would be more apps and pods than {@code --max_apps} allows. */
  record TooManyApps(int max) implements ApiAnswer {}

  /** Nothing was done, and nothing will be, because it could not be stored. */
  record NotStored(String why) implements ApiAnswer {}

  /** Not loaded yet, or about to end; nothing was done. */
  record NotReady() implements ApiAnswer {}

  /** This scheduler ends before it has learnt whether it was stored: the next one knows. */
  record Unknown() implements ApiAnswer {}
}
