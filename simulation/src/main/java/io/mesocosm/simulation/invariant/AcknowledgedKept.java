package io.mesocosm.simulation.invariant;

import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.app.AppId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What users were told has been done is so: each app, each quota is as last asked for. */
final class AcknowledgedKept extends Invariant {
  AcknowledgedKept() {
    super("no acknowledged request lost");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    Optional<ServicesSnapshot> services = cluster.services();
    if (services.isEmpty() || cluster.unanswered() > 0) {
      return Optional.of(cluster.unanswered() + " requests of users are not answered");
    }
    SortedMap<AppId, ClusterView.Wanted> present = cluster.present();
    if (!present.equals(cluster.wanted())) {
      return Optional.of(
          "apps are " + present + ", and users were told that they are " + cluster.wanted());
    }
    return quotas(cluster);
  }

  private static Optional<String> quotas(ClusterView cluster) {
    SortedMap<String, Double> set = new TreeMap<>();
    cluster
        .master()
        .ifPresent(master ->
            master
                .decisions()
                .quotas()
                .forEach((role, config) ->
                    Optional.ofNullable(config.getLimitsMap().get("cpus"))
                        .ifPresent(cpus -> set.put(role, cpus.getValue()))));
    return set.equals(cluster.quotas())
        ? Optional.empty()
        : Optional.of(
            "quotas are " + set + ", and users were told that they are " + cluster.quotas());
  }
}
