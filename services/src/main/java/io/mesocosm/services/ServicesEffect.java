package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Everything that {@link Services} can want done. */
public sealed interface ServicesEffect {
  /**
   * Open the subscription, with a framework id inside if we have one. Comes once, when the stored
   * state is loaded; after a disconnection the client subscribes anew with the id that it learnt.
   */
  record Subscribe(FrameworkInfo framework) implements ServicesEffect {}

  /** Send a call on the subscription; one that cannot be sent is lost, the core copes. */
  record SendCall(Call call) implements ServicesEffect {}

  /**
   * Put the records, then remove what lies at the paths, and report {@link ServicesCommand.Stored}
   * when all of it is durable. Stores are carried out one after the other, in the order of the
   * effects. Removing what is not there is no failure.
   *
   * @param write unique
   */
  record Store(long write, List<StoredRecord> records, List<String> removedPaths)
      implements ServicesEffect {
    public Store {
      records = List.copyOf(records);
      removedPaths = List.copyOf(removedPaths);
    }
  }

  /** Answer a request. */
  record Answer(long request, ApiAnswer answer) implements ServicesEffect {}

  /**
   * Probe a running instance from here, for every check of the definition that is ours to do.
   *
   * @param app the definition that the instance was launched with
   */
  record StartHealthChecks(Instance instance, AppDefinition app) implements ServicesEffect {}

  record StopHealthChecks(InstanceId instance) implements ServicesEffect {}

  /**
   * Measure what an app has to do, once, and report {@link ServicesCommand.Measured}.
   *
   * @param target what is to be measured
   * @param cpus that each instance asks for
   * @param sites where instances run; empty if that does not matter
   */
  record Measure(AppId app, Autoscale.Target target, double cpus, List<Site> sites)
      implements ServicesEffect {
    public Measure {
      sites = List.copyOf(sites);
    }

    /**
     * @param hostname of the agent
     */
    public record Site(String taskId, String agentId, String hostname) {}
  }

  /**
   * Poll a running instance for its readiness, for every check of the definition, until each has
   * been ready once.
   *
   * @param app the definition that the instance was launched with
   */
  record StartReadinessChecks(Instance instance, AppDefinition app) implements ServicesEffect {}

  record StopReadinessChecks(InstanceId instance) implements ServicesEffect {}

  /** Fire the timer at a time; replaces an earlier one of the same key. */
  record SetTimer(ServicesTimer timer, Instant at) implements ServicesEffect {}

  record CancelTimer(ServicesTimer timer) implements ServicesEffect {}

  /** Tell those who listen. */
  record Announce(ServicesNotice notice) implements ServicesEffect {}
}
