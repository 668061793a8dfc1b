package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Everything that can happen to {@link Services}. Those with a {@code request} are answered by one
 * {@link ServicesEffect.Answer} of the same number, sooner or later.
 */
public sealed interface ServicesCommand {
  /**
   * Changes apps, pods and groups, all of it in one deployment or nothing.
   *
   * @param wishes at most one for each id
   * @param expectedGeneration {@link ServicesSnapshot#generation} if the wishes hold only for
   *     exactly the definitions that were there then; if that is not so any more, the answer is
   *     {@link ApiAnswer.Retry}
   */
  record Change(
      long request, List<Wish> wishes, OptionalLong expectedGeneration, WriteOptions options)
      implements ServicesCommand {
    public Change {
      wishes = List.copyOf(wishes);
    }
  }

  /** Whoever asked waits no more: what is not stored yet is not done. */
  record Abandon(long request) implements ServicesCommand {}

  /**
   * Ends instances.
   *
   * @param ids of instances or tasks; empty means all those of {@code app}
   * @param app if given, only instances of it
   * @param host if given, only instances on it
   * @param scale true if the apps are to have fewer instances for good, by a deployment
   * @param wipe true if reservations and volumes of resident instances are to go, too
   */
  record KillInstances(
      long request,
      List<String> ids,
      Optional<AppId> app,
      Optional<String> host,
      boolean scale,
      boolean wipe,
      WriteOptions options)
      implements ServicesCommand {
    public KillInstances {
      ids = List.copyOf(ids);
    }
  }

  /**
   * Ends a deployment.
   *
   * @param options forced to leave everything as it is; not forced to go back to where it began
   */
  record CancelDeployment(long request, DeploymentId deployment, WriteOptions options)
      implements ServicesCommand {
    public CancelDeployment(long request, DeploymentId deployment, boolean force) {
      this(request, deployment, WriteOptions.forced(force));
    }
  }

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

  /**
   * The result of a readiness check that was asked for by {@link
   * ServicesEffect.StartReadinessChecks}.
   *
   * @param name of the check in the app's definition
   * @param response absent if there was no answer
   */
  record ReadinessReported(
      InstanceId instance, String name, boolean ready, Optional<ReadinessResult.Response> response)
      implements ServicesCommand {}

  /**
   * A router listens to events.
   *
   * @param stream unique for as long as we lead
   */
  record RouterAttached(String name, long stream) implements ServicesCommand {}

  /** A router listens no more on the stream. */
  record RouterDetached(String name, long stream) implements ServicesCommand {}

  /**
   * A router says what it shows, and what it shows no more; of anything else it says nothing.
   *
   * @param shown ids of tasks or instances; those that we do not know are passed over
   * @param removed as {@code shown}
   */
  record ConfirmRouting(long request, String router, List<String> shown, List<String> removed)
      implements ServicesCommand {
    public ConfirmRouting {
      shown = List.copyOf(shown);
      removed = List.copyOf(removed);
    }
  }

  /**
   * What a {@link ServicesEffect.Measure} brought.
   *
   * @param value percent of the cpus asked for, on average, or the metric's value; absent if
   *     nothing could be measured
   * @param why it could not, for people; empty if it could
   */
  record Measured(AppId app, OptionalDouble value, String why) implements ServicesCommand {}

  /** A timer's time has come. */
  record TimerFired(ServicesTimer timer) implements ServicesCommand {}

  /** The process is about to end: instances stay, requests under way are answered. */
  record Shutdown() implements ServicesCommand {}
}
