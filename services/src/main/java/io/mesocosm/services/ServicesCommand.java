package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Everything that can happen to {@link Services}. Those with a {@code request} are answered by one
 * {@link ServicesEffect.Answer} of the same number, sooner or later.
 */
public sealed interface ServicesCommand {
  /** Adds an app; it must not exist. */
  record CreateApp(long request, AppDefinition app, boolean force) implements ServicesCommand {}

  /**
   * Replaces or adds apps, in one deployment. Each definition is complete: partial updates were
   * merged with what the snapshot held.
   */
  record ChangeApps(long request, List<Change> changes, boolean force) implements ServicesCommand {
    public ChangeApps {
      changes = List.copyOf(changes);
    }

    /**
     * @param expected the version of the definition that it was merged with, or nothing if there
     *     was no such app; if that is not so any more, the answer is {@link ApiAnswer.Retry}
     */
    public record Change(AppDefinition app, Optional<Instant> expected) {}
  }

  /** Ends all instances of an app and forgets it. */
  record DeleteApp(long request, AppId app, boolean force) implements ServicesCommand {}

  /** Replaces all instances of an app by new ones of the same configuration. */
  record RestartApp(long request, AppId app, boolean force) implements ServicesCommand {}

  /**
   * Ends instances.
   *
   * @param ids of instances or tasks; empty means all those of {@code app}
   * @param app if given, only instances of it
   * @param host if given, only instances on it
   * @param scale true if the apps are to have fewer instances for good, by a deployment
   */
  record KillInstances(
      long request,
      List<String> ids,
      Optional<AppId> app,
      Optional<String> host,
      boolean scale,
      boolean force)
      implements ServicesCommand {
    public KillInstances {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Ends a deployment.
   *
   * @param force true to leave everything as it is; false to go back to where it began
   */
  record CancelDeployment(long request, DeploymentId deployment, boolean force)
      implements ServicesCommand {}

  /** Ends an app's launch back-off. */
  record ResetDelay(long request, AppId app) implements ServicesCommand {}

  /** An event of the subscription, SUBSCRIBED first. */
  record SchedulerEvent(Event event) implements ServicesCommand {}

  /** The subscription ended; the client tries again by itself. */
  record SchedulerDisconnected(String reason) implements ServicesCommand {}

  /** Everything that the store holds; the first command, once. */
  record Loaded(List<StoredRecord> records) implements ServicesCommand {
    public Loaded {
      records = List.copyOf(records);
    }
  }

  /** All of a {@link ServicesEffect.Store} is durable. */
  record Stored(long write) implements ServicesCommand {}

  /**
   * A {@link ServicesEffect.Store} did not happen, or nobody knows.
   *
   * @param why for people
   */
  record StoreFailed(long write, String why) implements ServicesCommand {}

  /**
   * The result of a health check that was asked for by {@link ServicesEffect.StartHealthChecks}.
   *
   * @param check the index of the check in the app's definition
   * @param cause why it is not alive; empty if it is
   */
  record HealthReported(InstanceId instance, int check, boolean alive, String cause)
      implements ServicesCommand {}

  /** A timer's time has come. */
  record TimerFired(ServicesTimer timer) implements ServicesCommand {}

  /** The process is about to end: instances stay, requests under way are answered. */
  record Shutdown() implements ServicesCommand {}
}
