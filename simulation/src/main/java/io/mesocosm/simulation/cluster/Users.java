package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.simulation.world.Host;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;

/**
 * People who want apps and quotas to be in some way, and ask again until they are told that it is
 * so. What they want in the end does not depend on what went wrong on the way.
 */
final class Users {
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** No such app. */
  static final int NONE = -1;

  private final World world;
  private final Host host;
  private final Requests requests;
  private final Masters masters;
  private final Supplier<Optional<ServicesHost>> services;
  private final SortedMap<AppId, Integer> wanted = new TreeMap<>();
  private final SortedMap<AppId, Integer> acknowledged = new TreeMap<>();
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
    this.services = services;
  }

  Host host() {
    return host;
  }

  /** From now on the app is to have so many instances, or is not to be. */
  void want(AppId app, int instances) {
    boolean busy = isBusy(app);
    wanted.put(app, instances);
    acknowledged.remove(app);
    world.note(() -> "users want " + app + " x " + instances);
    if (!busy) {
      ask(app);
    }
  }

  private boolean isBusy(AppId app) {
    return wanted.containsKey(app) && !wanted.get(app).equals(acknowledged.get(app));
  }

  /** Apps that are to be, with their instances. */
  SortedMap<AppId, Integer> wanted() {
    SortedMap<AppId, Integer> present = new TreeMap<>(wanted);
    present.values().removeIf(instances -> instances == NONE);
    return present;
  }

  SortedMap<String, Double> quotas() {
    return Collections.unmodifiableSortedMap(quotas);
  }

  int unanswered() {
    long apps = wanted.keySet().stream().filter(this::isBusy).count();
    long roles = quotas.keySet().stream().filter(this::isBusy).count();
    return (int) (apps + roles);
  }

  private void ask(AppId app) {
    int instances = wanted.getOrDefault(app, NONE);
    Optional<ServicesHost> to = services.get();
    Optional<ServicesSnapshot> seen =
        to.flatMap(ServicesHost::leading).map(SimulatedServices::snapshot);
    if (to.isEmpty() || seen.isEmpty() || !seen.get().loaded()) {
      host.after(PAUSE, () -> ask(app));
      return;
    }
    Optional<AppDefinition> known = seen.get().app(app).map(ServicesSnapshot.SpecView::app);
    LongFunction<ServicesCommand> request = request(app, instances, known);
    requests.<ApiAnswer>exchange(
        to.get().host(),
        (end, reply) -> to.get().ask(end, request, reply),
        answer -> {
          if (answer.filter(it -> isYes(it, instances)).isPresent()
              && wanted.getOrDefault(app, NONE) == instances) {
            acknowledged.put(app, instances);
          } else {
            host.after(PAUSE, () -> ask(app));
          }
        });
  }

  private static boolean isYes(ApiAnswer answer, int instances) {
    return switch (answer) {
      case ApiAnswer.Deployed _, ApiAnswer.Repeated _, ApiAnswer.Done _ -> true;
      case ApiAnswer.NotFound _ -> instances == NONE;
      case ApiAnswer.AlreadyExists _,
          ApiAnswer.Locked _,
          ApiAnswer.Invalid _,
          ApiAnswer.Killed _,
          ApiAnswer.Retry _,
          ApiAnswer.TooManyDeployments _,
          ApiAnswer.NotStored _,
          ApiAnswer.NotReady _,
          ApiAnswer.Unknown _,
          ApiAnswer.Planned _,
          ApiAnswer.KeyReused _ ->
          false;
    };
  }

  private static LongFunction<ServicesCommand> request(
      AppId app, int instances, Optional<AppDefinition> known) {
    Wish wish =
        instances == NONE
            ? new Wish.Remove(app)
            : known
                .<Wish>map(present ->
                    new Wish.Put(present.withInstances(instances), Optional.of(present.version())))
                .orElseGet(() -> new Wish.Add(definition(app, instances)));
    return request ->
        new ServicesCommand.Change(
            request, List.of(wish), OptionalLong.empty(), WriteOptions.forced(true));
  }

  static AppDefinition definition(AppId id, int instances) {
    return AppDefinition.builder(id)
        .cmd(Optional.of("serve"))
        .instances(instances)
        .cpus(0.5)
        .mem(128)
        .portDefinitions(
            List.of(new PortDefinition(0, Protocol.TCP, Optional.empty(), new TreeMap<>())))
        .build();
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
