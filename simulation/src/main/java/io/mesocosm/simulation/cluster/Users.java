package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.simulation.world.Host;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;

/**
 * People who want quotas to be in some way, and ask again until they are told that it is so. What
 * they want in the end does not depend on what went wrong on the way.
 */
final class Users {
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final World world;
  private final Host host;
  private final Requests requests;
  private final Masters masters;
  private final AppUsers apps;
  private final SortedMap<String, Double> quotas = new TreeMap<>();
  private final SortedMap<String, Double> acknowledgedQuotas = new TreeMap<>();

  /**
   * @param services the scheduler that users are led to at the moment
   */
  Users(World world, Masters masters, Supplier<Optional<ServicesHost>> services) {
    this.world = world;
    this.host = new Host(world.simulation(), "user");
    this.requests = new Requests(world.network(), host);
    this.masters = masters;
    this.apps = new AppUsers(world, host, requests, services);
  }

  Host host() {
    return host;
  }

  /** Those who care for apps and pods. */
  AppUsers apps() {
    return apps;
  }

  SortedMap<String, Double> quotas() {
    return Collections.unmodifiableSortedMap(quotas);
  }

  int unanswered() {
    return apps.unanswered() + (int) quotas.keySet().stream().filter(this::isBusy).count();
  }

  /** From now on the role may have so many cpus at most. */
  void limit(String role, double cpusMax) {
    boolean busy = isBusy(role);
    quotas.put(role, cpusMax);
    acknowledgedQuotas.remove(role);
    world.note(() -> "users limit " + role + " to " + cpusMax + " cpus");
    if (!busy) {
      ask(role);
    }
  }

  private boolean isBusy(String role) {
    return quotas.containsKey(role) && !quotas.get(role).equals(acknowledgedQuotas.get(role));
  }

  private void ask(String role) {
    double cpusMax = quotas.getOrDefault(role, 0.0);
    world.invariants().quotaAsked(role, cpusMax);
    Optional<MasterHost> to = masters.leaderHost();
    if (to.isEmpty()) {
      host.after(PAUSE, () -> ask(role));
      return;
    }
    Call.Builder call = Call.newBuilder().setType(Call.Type.UPDATE_QUOTA);
    call.getUpdateQuotaBuilder()
        .setForce(true)
        .addQuotaConfigs(
            QuotaConfig.newBuilder()
                .setRole(role)
                .putLimits("cpus", Value.Scalar.newBuilder().setValue(cpusMax).build()));
    requests.<CallAnswer>exchange(
        to.get().host(),
        (end, reply) -> to.get().callByOperator(end, call.build(), reply),
        answer -> {
          boolean applied = answer.filter(CallAnswer.Applied.class::isInstance).isPresent();
          if (applied && quotas.getOrDefault(role, 0.0) == cpusMax) {
            acknowledgedQuotas.put(role, cpusMax);
            world.invariants().quotaAcknowledged(role, cpusMax);
          } else {
            host.after(PAUSE, () -> ask(role));
          }
        });
  }
}
