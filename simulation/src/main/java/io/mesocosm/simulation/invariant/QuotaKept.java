package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.model.resource.Resources;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A role never gets more than its limit, whoever leads. */
final class QuotaKept extends Invariant {
  private static final double TOLERANCE = 0.0005;

  /** The highest of those that may hold. */
  private final Map<String, Double> limitByRole = new TreeMap<>();

  private final Map<String, Double> takenByRole = new HashMap<>();

  QuotaKept() {
    super("quota never exceeded");
  }

  @Override
  public void quotaAsked(String role, double cpusMax) {
    limitByRole.computeIfPresent(role, (_, limit) -> Math.max(limit, cpusMax));
  }

  @Override
  public void quotaAcknowledged(String role, double cpusMax) {
    limitByRole.put(role, cpusMax);
  }

  @Override
  public void masterChanged(String master, MasterSnapshot snapshot) {
    limitByRole.forEach((role, limit) -> {
      double used = 0;
      double offered = 0;
      for (MasterSnapshot.FrameworkView framework : snapshot.frameworks().values()) {
        if (framework.roles().contains(role)) {
          used += cpus(framework.used());
          offered += cpus(framework.offered());
        }
      }
      double before = takenByRole.getOrDefault(role, 0.0);
      takenByRole.put(role, used + offered);
      // A limit may be set below what is used already, and agents bring back what they run: only
      // what is offered is this master's own doing.
      if (offered > TOLERANCE && used + offered > limit + TOLERANCE && used + offered > before) {
        violated(
            master
                + " has "
                + used
                + " cpus used and "
                + offered
                + " offered to role "
                + role
                + ", whose limit is "
                + limit);
      }
    });
  }

  private static double cpus(Resources resources) {
    return resources.scalar("cpus").thousandths() / 1000.0;
  }
}
