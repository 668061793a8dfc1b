package io.mesocosm.services;

import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What clients ask for. Every change of definitions becomes a deployment, which is stored with the
 * definitions before anybody is answered and before anything is done (contracts/marathon-api.md §9,
 * L1 to L5).
 */
final class Changes {
  private final ServicesState state;
  private final Outbox outbox;
  private final Endings endings;
  private final ServicePorts ports;

  Changes(ServicesState state, Outbox outbox, Endings endings, ServicePorts ports) {
    this.state = state;
    this.outbox = outbox;
    this.endings = endings;
    this.ports = ports;
  }

  /**
   * A wish for one app.
   *
   * @param target absent to delete it
   * @param exact true if the target is a definition of old, to be taken as it is
   * @param anew true if instances are to be replaced even though nothing else changes
   */
  private record Wish(AppId app, Optional<AppDefinition> target, boolean exact, boolean anew) {}

  void create(ServicesCommand.CreateApp command, Instant now) {
    AppId id = command.app().id();
    if (exists(id)) {
      outbox.answer(command.request(), new ApiAnswer.AlreadyExists("app", id.path()));
      return;
    }
    List<Wish> wishes = List.of(new Wish(id, Optional.of(command.app()), false, false));
    deploy(command.request(), wishes, command.force(), List.of(), now);
  }

  private boolean exists(AppId id) {
    return state.apps.get(id).isPresent()
        || state.deployments.both().stream()
            .flatMap(deployment -> deployment.change(id).stream())
            .anyMatch(change -> change.original().isEmpty() && change.target().isPresent());
  }

  void change(ServicesCommand.ChangeApps command, Instant now) {
    List<Wish> wishes = new ArrayList<>();
    for (ServicesCommand.ChangeApps.Change change : command.changes()) {
      Optional<Instant> present = state.apps.get(change.app().id()).map(AppDefinition::version);
      if (!present.equals(change.expected())) {
        outbox.answer(command.request(), new ApiAnswer.Retry());
        return;
      }
      wishes.add(new Wish(change.app().id(), Optional.of(change.app()), false, false));
    }
    deploy(command.request(), wishes, command.force(), List.of(), now);
  }

  void delete(ServicesCommand.DeleteApp command, Instant now) {
    if (state.apps.get(command.app()).isEmpty()) {
      outbox.answer(command.request(), new ApiAnswer.NotFound("App", command.app().path()));
      return;
    }
    List<Wish> wishes = List.of(new Wish(command.app(), Optional.empty(), false, false));
    deploy(command.request(), wishes, command.force(), List.of(), now);
  }

  void restart(ServicesCommand.RestartApp command, Instant now) {
    Optional<AppDefinition> app = state.apps.get(command.app());
    if (app.isEmpty()) {
      outbox.answer(command.request(), new ApiAnswer.NotFound("App", command.app().path()));
      return;
    }
    deploy(
        command.request(),
        List.of(new Wish(command.app(), app, false, true)),
        command.force(),
        List.of(),
        now);
  }

  void kill(ServicesCommand.KillInstances command, Instant now) {
    List<Instance> chosen =
        state.instances.all().stream()
            .filter(Instance::wanted)
            .filter(instance -> isNamed(instance, command))
            .toList();
    if (!command.scale() || chosen.isEmpty()) {
      outbox.answer(command.request(), new ApiAnswer.Killed(chosen));
      chosen.forEach(instance -> endings.end(instance, now));
      return;
    }
    SortedMap<AppId, Integer> countByApp = new TreeMap<>();
    chosen.forEach(instance -> countByApp.merge(instance.id().app(), 1, Integer::sum));
    List<Wish> wishes = new ArrayList<>();
    countByApp.forEach((id, count) ->
        state
            .apps
            .get(id)
            .map(app -> app.withInstances(Math.max(0, app.instances() - count)))
            .ifPresent(app -> wishes.add(new Wish(id, Optional.of(app), false, false))));
    List<InstanceId> named = chosen.stream().map(Instance::id).toList();
    deploy(command.request(), wishes, command.force(), named, now);
  }

  private static boolean isNamed(Instance instance, ServicesCommand.KillInstances command) {
    boolean byId =
        command.ids().isEmpty()
            || command.ids().contains(instance.taskId())
            || command.ids().contains(instance.id().toString());
    boolean somehow = !command.ids().isEmpty() || command.app().isPresent();
    return byId
        && somehow
        && command.app().filter(app -> !app.equals(instance.id().app())).isEmpty()
        && command
            .host()
            .filter(host -> !host.equals("*") && !host.equals(instance.placement().hostname()))
            .isEmpty();
  }

  void cancel(ServicesCommand.CancelDeployment command, Instant now) {
    Optional<Deployment> deployment = state.deployments.get(command.deployment());
    if (deployment.isEmpty()) {
      outbox.answer(
          command.request(), new ApiAnswer.NotFound("Deployment", command.deployment().toString()));
      return;
    }
    if (command.force()) {
      outbox.store(
          List.of(),
          List.of(StoredRecord.DeploymentRecord.pathOf(command.deployment())),
          new Deed.CancelDeployment(command.request(), command.deployment()));
      return;
    }
    List<Wish> wishes =
        deployment.get().changes().stream()
            .map(change -> new Wish(change.app(), change.original(), true, false))
            .toList();
    deploy(command.request(), wishes, true, List.of(), now);
  }

  void resetDelay(ServicesCommand.ResetDelay command) {
    if (!state.queue.has(command.app())) {
      outbox.answer(command.request(), new ApiAnswer.NotFound("App", command.app().path()));
      return;
    }
    state.backoff.reset(command.app());
    state.touch(command.app());
    outbox.answer(command.request(), new ApiAnswer.Done());
  }

  private void deploy(
      long request, List<Wish> wishes, boolean force, List<InstanceId> named, Instant now) {
    List<AppId> ids = wishes.stream().map(Wish::app).toList();
    List<DeploymentId> conflicts = state.deployments.conflicts(ids);
    if (!conflicts.isEmpty() && !force) {
      outbox.answer(request, new ApiAnswer.Locked(conflicts));
      return;
    }
    int max = state.config.deploymentsMax();
    if (state.deployments.count() - conflicts.size() >= max) {
      outbox.answer(request, new ApiAnswer.TooManyDeployments(max));
      return;
    }
    Instant version = state.nextVersion(now);
    SortedSet<Integer> usedPorts = usedPorts();
    List<Change> changes = new ArrayList<>();
    for (Wish wish : wishes) {
      Optional<AppDefinition> before = state.apps.get(wish.app());
      Optional<AppDefinition> target = wish.target();
      if (target.isPresent() && !wish.exact()) {
        target = ports.assign(target.get(), before, usedPorts);
        if (target.isEmpty()) {
          outbox.answer(request, outOfPorts(wish.app()));
          return;
        }
        target = Optional.of(versioned(target.get(), before, version, wish.anew()));
      }
      changes.add(new Change(wish.app(), before, target));
    }
    changes.sort(Comparator.comparing(Change::app));
    SortedMap<AppId, AppDefinition> targets = new TreeMap<>(state.apps.byId());
    changes.forEach(change -> {
      targets.remove(change.app());
      change.target().ifPresent(target -> targets.put(change.app(), target));
    });
    switch (DeploymentPlanner.plan(changes, targets)) {
      case DeploymentPlanner.Plan.Cycle cycle ->
          outbox.answer(
              request,
              new ApiAnswer.Invalid(
                  "/dependencies", "apps depend on each other in a ring: " + cycle.apps()));
      case DeploymentPlanner.Plan.Steps steps ->
          store(
              request,
              new Deployment(
                  new DeploymentId(state.nextUuid()), version, changes, steps.steps(), 0),
              conflicts,
              named);
    }
  }

  private SortedSet<Integer> usedPorts() {
    SortedSet<Integer> used = state.apps.servicePorts();
    state
        .deployments
        .both()
        .forEach(deployment ->
            deployment
                .changes()
                .forEach(
                    change -> change.target().ifPresent(app -> used.addAll(app.servicePorts()))));
    return used;
  }

  private ApiAnswer outOfPorts(AppId app) {
    return new ApiAnswer.Invalid(
        "/portDefinitions",
        "no service port from "
            + state.config.servicePortMin()
            + " to "
            + state.config.servicePortMax()
            + " is free for "
            + app
            + "; name one, or widen --local_port_min and --local_port_max");
  }

  private static AppDefinition versioned(
      AppDefinition app, Optional<AppDefinition> before, Instant version, boolean anew) {
    if (before.isEmpty()) {
      return app.withVersion(version, new VersionInfo(version, version));
    }
    VersionInfo info = before.get().versionInfo();
    if (anew || !before.get().hasSameConfiguration(app)) {
      return app.withVersion(version, new VersionInfo(version, version));
    }
    return before.get().instances() == app.instances()
        ? app.withVersion(version, info)
        : app.withVersion(version, new VersionInfo(version, info.lastConfigChangeAt()));
  }

  /** The deployment first: it holds all that is needed, should the rest not be written. */
  private void store(
      long request, Deployment deployment, List<DeploymentId> cancelled, List<InstanceId> named) {
    List<StoredRecord> records = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    records.add(new StoredRecord.DeploymentRecord(deployment));
    for (Change change : deployment.changes()) {
      if (change.target().isPresent()) {
        records.add(new StoredRecord.VersionRecord(change.target().get()));
        records.add(new StoredRecord.AppRecord(change.target().get()));
      } else {
        removed.add(StoredRecord.AppRecord.pathOf(change.app()));
        state.apps.versions(change.app()).keySet().stream()
            .map(version -> StoredRecord.VersionRecord.pathOf(change.app(), version))
            .forEach(removed::add);
      }
    }
    cancelled.stream().map(StoredRecord.DeploymentRecord::pathOf).forEach(removed::add);
    state.deployments.storing(deployment);
    outbox.store(
        records,
        removed,
        new Deed.BeginDeployment(OptionalLong.of(request), deployment, cancelled, named));
  }

  /** All is stored: what is wanted from now on is wanted by the store too. */
  void begin(Deed.BeginDeployment deed, Instant now) {
    Deployment deployment = deed.deployment();
    deed.cancelled().forEach(id -> forget(id, "cancelled by deployment " + deployment.id()));
    List<AppDefinition> apps = new ArrayList<>();
    for (Change change : deployment.changes()) {
      state.touch(change.app());
      announceChecks(change);
      if (change.target().isPresent()) {
        state.apps.put(change.target().get());
        apps.add(change.target().get());
        prune(change.app());
      } else {
        state.apps.remove(change.app());
      }
    }
    state.deployments.begin(deployment);
    deployment.steps().stream()
        .flatMap(step -> step.actions().stream())
        .filter(action -> action.kind() == Deployment.Kind.RESTART)
        .forEach(action -> state.backoff.reset(action.app()));
    deed.named().forEach(id -> state.instances.get(id).ifPresent(is -> endings.end(is, now)));
    deed.request()
        .ifPresent(request ->
            outbox.answer(
                request, new ApiAnswer.Deployed(deployment.id(), deployment.version(), apps)));
    outbox.announce(new ServicesNotice.AppsChanged(deployment.version(), apps));
    outbox.announce(new ServicesNotice.DeploymentStarted(deployment));
  }

  private void announceChecks(Change change) {
    List<HealthCheck> before = change.original().map(AppDefinition::healthChecks).orElse(List.of());
    List<HealthCheck> after = change.target().map(AppDefinition::healthChecks).orElse(List.of());
    if (!before.isEmpty() && !before.equals(after)) {
      outbox.announce(new ServicesNotice.HealthCheckRemoved(change.app()));
    }
    if (change.target().isPresent() && !before.equals(after)) {
      Instant version = change.target().get().version();
      for (int i = 0; i < after.size(); i++) {
        outbox.announce(new ServicesNotice.HealthCheckAdded(change.app(), version, i));
      }
    }
  }

  private void prune(AppId app) {
    SortedSet<Instant> inUse = new TreeSet<>();
    state.instances.of(app).forEach(instance -> inUse.add(instance.version()));
    List<String> dropped =
        state.apps.prune(app, state.config.versionsMax(), inUse).stream()
            .map(version -> StoredRecord.VersionRecord.pathOf(app, version))
            .toList();
    if (!dropped.isEmpty()) {
      outbox.store(List.of(), dropped, new Deed.Nothing());
    }
  }

  /** It may have been written all the same: left there, it would begin after the next start. */
  void notStored(Deed.BeginDeployment deed, String why) {
    outbox.repairSoon();
    state.deployments.notStored(deed.deployment().id());
    deed.request().ifPresent(request -> outbox.answer(request, new ApiAnswer.NotStored(why)));
  }

  /** The record may be gone all the same: without it, the deployment would not go on. */
  void notStored(Deed.CancelDeployment deed, String why) {
    outbox.repairSoon();
    outbox.answer(deed.request(), new ApiAnswer.NotStored(why));
  }

  void cancelled(Deed.CancelDeployment deed) {
    forget(deed.deployment(), "cancelled");
    outbox.answer(deed.request(), new ApiAnswer.Done());
  }

  private void forget(DeploymentId id, String reason) {
    String path = StoredRecord.DeploymentRecord.pathOf(id);
    if (outbox.isStoring(path)) {
      // It advanced while its removal was being stored, and its record is put there again.
      outbox.remove(path);
    }
    state
        .deployments
        .remove(id)
        .ifPresent(deployment -> {
          deployment.affectedApps().forEach(state::touch);
          outbox.announce(new ServicesNotice.DeploymentFailed(deployment, reason));
        });
  }
}
