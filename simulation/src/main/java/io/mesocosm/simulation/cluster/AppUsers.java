package io.mesocosm.simulation.cluster;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.simulation.invariant.ClusterView.Wanted;
import io.mesocosm.simulation.world.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * People who want apps and pods to be in some way, and ask again, each time with the same key,
 * until they are told that it is so. What they want in the end does not depend on what went wrong.
 */
final class AppUsers {
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final Duration LATER = Duration.ofSeconds(45);

  /** After so many times they insist. */
  private static final int PATIENCE = 8;

  private static final Wanted NOTHING = new Wanted(-1, 0);

  /**
   * What is wanted of one app.
   *
   * @param number another one whenever somebody has changed their mind, or the app
   */
  private record Demand(Wanted wanted, long number) {
    boolean isNothing() {
      return wanted.instances() < 0;
    }
  }

  /**
   * @param key the same for as long as the same is asked for
   */
  private record Errand(SortedMap<AppId, Demand> demands, String key, int tries) {
    Errand again() {
      return new Errand(demands, key, tries + 1);
    }
  }

  private final World world;
  private final Host host;
  private final Requests requests;
  private final Supplier<Optional<ServicesHost>> services;
  private final SortedMap<AppId, Demand> demands = new TreeMap<>();
  private final SortedMap<AppId, Long> acknowledged = new TreeMap<>();
  private long numbers;

  AppUsers(World world, Host host, Requests requests, Supplier<Optional<ServicesHost>> services) {
    this.world = world;
    this.host = host;
    this.requests = requests;
    this.services = services;
  }

  /** From now on the app is to have so many instances. */
  void want(AppId app, int instances) {
    int revision = wanted(app).map(Wanted::revision).orElse(0);
    demand(List.of(app), new Wanted(instances, revision));
  }

  void wantNo(AppId app) {
    demand(List.of(app), NOTHING);
  }

  /** The app is to have another configuration; nothing if there is to be no such app. */
  void upgrade(AppId app) {
    upgrade(List.of(app));
  }

  /** As above, of all apps and pods in the group that are to be, at once. */
  void upgradeAll(AppId group) {
    upgrade(demands.keySet().stream().filter(id -> id.isBelow(group)).toList());
  }

  private void upgrade(Collection<AppId> apps) {
    List<AppId> present = apps.stream().filter(id -> wanted(id).isPresent()).toList();
    List<AppId> idle = present.stream().filter(id -> !isBusy(id)).toList();
    for (AppId id : present) {
      Wanted is = wanted(id).orElseThrow();
      demands.put(id, new Demand(new Wanted(is.instances(), is.revision() + 1), numbers++));
      world.note(() -> "users want another configuration of " + id);
    }
    askFor(idle);
  }

  private void demand(List<AppId> apps, Wanted wanted) {
    List<AppId> idle = apps.stream().filter(id -> !isBusy(id)).toList();
    for (AppId id : apps) {
      demands.put(id, new Demand(wanted, numbers++));
      world.note(() -> "users want " + id + " to be " + wanted);
    }
    askFor(idle);
  }

  /** Somebody may have undone what was asked for: it is asked for once more. */
  private void repeat(List<AppId> apps) {
    List<AppId> known = apps.stream().filter(demands::containsKey).toList();
    List<AppId> idle = known.stream().filter(id -> !isBusy(id)).toList();
    known.forEach(
        id -> demands.computeIfPresent(id, (_, is) -> new Demand(is.wanted(), numbers++)));
    askFor(idle);
  }

  private Optional<Wanted> wanted(AppId app) {
    return Optional.ofNullable(demands.get(app))
        .filter(demand -> !demand.isNothing())
        .map(Demand::wanted);
  }

  private boolean isBusy(AppId app) {
    Demand demand = demands.get(app);
    Long known = acknowledged.get(app);
    return demand != null && (known == null || known != demand.number());
  }

  /** Apps and pods that are to be. */
  SortedMap<AppId, Wanted> wanted() {
    SortedMap<AppId, Wanted> present = new TreeMap<>();
    demands.keySet().forEach(id -> wanted(id).ifPresent(is -> present.put(id, is)));
    return present;
  }

  int unanswered() {
    return (int) demands.keySet().stream().filter(this::isBusy).count();
  }

  private void askFor(List<AppId> apps) {
    if (!apps.isEmpty()) {
      SortedMap<AppId, Demand> asked = new TreeMap<>(demands);
      asked.keySet().retainAll(apps);
      ask(new Errand(asked, "key-" + numbers++, 0));
    }
  }

  private void ask(Errand errand) {
    boolean asked =
        exchange(
            (request, seen) -> change(request, errand, seen), answer -> answered(errand, answer));
    if (!asked) {
      host.after(PAUSE, () -> answered(errand, Optional.empty()));
    }
  }

  private void answered(Errand errand, Optional<ApiAnswer> answer) {
    boolean done = answer.filter(it -> isYes(it, errand)).isPresent();
    List<AppId> changed =
        errand.demands().entrySet().stream()
            .filter(asked -> !asked.getValue().equals(demands.get(asked.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    if (done) {
      errand
          .demands()
          .forEach((id, demand) -> {
            if (!changed.contains(id)) {
              acknowledged.put(id, demand.number());
            }
          });
      changed.forEach(id -> askFor(List.of(id)));
      // What was not done is not kept under its key, and would be done now.
      boolean kept = answer.filter(it -> !(it instanceof ApiAnswer.NotFound)).isPresent();
      if (kept && (errand.key().endsWith("3") || errand.key().endsWith("5"))) {
        host.after(LATER, () -> repeatNeedlessly(errand));
      }
    } else if (changed.isEmpty()) {
      host.after(PAUSE, () -> ask(errand.again()));
    } else {
      // Each for itself, as the minds have changed about some.
      host.after(PAUSE, () -> errand.demands().keySet().forEach(id -> askFor(List.of(id))));
    }
  }

  /** Somebody missed the answer, and asks again with the same key long after it was done. */
  private void repeatNeedlessly(Errand errand) {
    exchange((request, seen) -> change(request, errand, seen), _ -> {});
  }

  private static boolean isYes(ApiAnswer answer, Errand errand) {
    return switch (answer) {
      case ApiAnswer.Deployed _, ApiAnswer.Repeated _, ApiAnswer.Done _ -> true;
      case ApiAnswer.NotFound _ -> errand.demands().values().stream().allMatch(Demand::isNothing);
      case ApiAnswer.AlreadyExists _,
          ApiAnswer.Locked _,
          ApiAnswer.Invalid _,
          ApiAnswer.Killed _,
          ApiAnswer.Retry _,
          ApiAnswer.TooManyDeployments _,
          ApiAnswer.TooManyApps _,
          ApiAnswer.NotStored _,
          ApiAnswer.NotReady _,
          ApiAnswer.Unknown _,
          ApiAnswer.Planned _,
          ApiAnswer.KeyReused _ ->
          false;
    };
  }

  private static ServicesCommand change(long request, Errand errand, ServicesSnapshot seen) {
    List<Wish> wishes = new ArrayList<>();
    errand
        .demands()
        .forEach((id, demand) -> {
          Optional<RunSpec> known =
              Optional.ofNullable(seen.specs().get(id)).map(ServicesSnapshot.SpecView::spec);
          if (demand.isNothing()) {
            wishes.add(new Wish.Remove(id));
          } else {
            RunSpec spec = Demands.spec(id, demand.wanted(), known);
            wishes.add(
                known
                    .<Wish>map(is -> new Wish.Put(spec, Optional.of(is.version())))
                    .orElseGet(() -> new Wish.Add(spec)));
          }
        });
    boolean force = errand.tries() >= PATIENCE || errand.key().endsWith("7");
    return new ServicesCommand.Change(
        request,
        wishes,
        OptionalLong.empty(),
        new WriteOptions(
            force, false, Optional.of(new WriteOptions.Key(errand.key(), errand.key()))));
  }

  /** Has one of the app's instances ended; nobody sees to it that it happens. */
  void killSome(AppId app, int which) {
    exchange(
        (request, seen) -> {
          List<String> instances =
              Optional.ofNullable(seen.specs().get(app)).stream()
                  .flatMap(view -> view.instances().stream())
                  .map(view -> view.instance().taskId())
                  .toList();
          return new ServicesCommand.KillInstances(
              request,
              instances.isEmpty()
                  ? List.of("none")
                  : List.of(instances.get(which % instances.size())),
              Optional.empty(),
              Optional.empty(),
              false,
              false,
              WriteOptions.forced(false));
        },
        _ -> {});
  }

  /** Ends one of the deployments, and asks once more for what it was to bring. */
  void cancelSome(int which, boolean force) {
    List<Deployment> deployments =
        services.get().flatMap(ServicesHost::leading).map(SimulatedServices::snapshot).stream()
            .flatMap(seen -> seen.deployments().stream())
            .map(ServicesSnapshot.DeploymentView::deployment)
            .toList();
    if (deployments.isEmpty()) {
      return;
    }
    Deployment deployment = deployments.get(which % deployments.size());
    exchange(
        (request, _) -> new ServicesCommand.CancelDeployment(request, deployment.id(), force),
        _ -> repeat(deployment.affectedApps()));
  }

  private interface Asking {
    ServicesCommand command(long request, ServicesSnapshot seen);
  }

  /** False if there is nobody to ask. */
  private boolean exchange(Asking asking, Consumer<Optional<ApiAnswer>> answered) {
    Optional<ServicesHost> to = services.get();
    Optional<ServicesSnapshot> seen =
        to.flatMap(ServicesHost::leading)
            .map(SimulatedServices::snapshot)
            .filter(ServicesSnapshot::loaded);
    if (to.isEmpty() || seen.isEmpty()) {
      return false;
    }
    requests.<ApiAnswer>exchange(
        to.get().host(),
        (end, reply) -> to.get().ask(end, request -> asking.command(request, seen.get()), reply),
        answered);
    return true;
  }
}
