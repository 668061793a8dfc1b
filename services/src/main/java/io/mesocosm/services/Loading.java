package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Begins where an earlier process ended, from what the store kept. */
final class Loading {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final StatusUpdates updates;

  Loading(ServicesState state, Outbox outbox, Subscription subscription, StatusUpdates updates) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.updates = updates;
  }

  void load(List<StoredRecord> records, Instant now) {
    List<Deployment> deployments = new ArrayList<>();
    for (StoredRecord record : records) {
      switch (record) {
        case StoredRecord.FrameworkRecord framework ->
            subscription.restoreIdentity(framework.frameworkId());
        case StoredRecord.AppRecord app -> loadApp(app.app());
        case StoredRecord.VersionRecord version -> state.apps.putVersion(version.app());
        case StoredRecord.InstanceRecord instance -> loadInstance(instance.instance(), now);
        case StoredRecord.DeploymentRecord deployment -> deployments.add(deployment.deployment());
      }
    }
    deployments.sort(Comparator.comparing(Deployment::version).thenComparing(Deployment::id));
    for (Deployment deployment : deployments) {
      if (isSuperseded(deployment, deployments)) {
        outbox.remove(StoredRecord.DeploymentRecord.pathOf(deployment.id()));
      } else {
        loadDeployment(deployment);
      }
    }
    state.instances.all().stream().filter(Instance::isRunning).forEach(this::probe);
    state.instances.apps().forEach(state::touch);
    subscription.subscribe();
    outbox.setTimer(new ServicesTimer.Reconcile(), now.plus(state.config.reconciliationInterval()));
  }

  private void loadApp(AppDefinition app) {
    state.sawVersion(app.version());
    state.apps.put(app);
    state.touch(app.id());
  }

  private void loadInstance(Instance instance, Instant now) {
    state.instances.put(instance);
    state.touch(instance.id().app());
    if (!instance.wanted()) {
      outbox.setTimer(
          new ServicesTimer.KillRetry(instance.id()), now.plus(state.config.killRetryInterval()));
    } else if (instance.startedAt().isEmpty()) {
      outbox.setTimer(
          new ServicesTimer.LaunchOverdue(instance.id()), now.plus(state.config.launchTimeout()));
    } else if (!instance.isRunning()) {
      outbox.setTimer(new ServicesTimer.Unreachable(instance.id()), now);
    }
  }

  /**
   * Whether a later deployment has changed one of its apps: then it was done or cancelled, and only
   * the removal of its record failed. Nothing could ever reach what it wants.
   */
  private boolean isSuperseded(Deployment deployment, List<Deployment> all) {
    Instant version = deployment.version();
    return deployment.changes().stream()
        .map(Deployment.Change::app)
        .anyMatch(app ->
            state.apps.get(app).filter(has -> has.version().isAfter(version)).isPresent()
                || all.stream()
                    .anyMatch(other -> other.version().isAfter(version) && other.affects(app)));
  }

  /**
   * A crash may have come between the deployment's record and those of its apps: they are written
   * again, as they are all that is left of it when it is done.
   */
  private void loadDeployment(Deployment deployment) {
    state.sawVersion(deployment.version());
    for (Deployment.Change change : deployment.changes()) {
      AppId id = change.app();
      List<String> paths = new ArrayList<>(List.of(StoredRecord.AppRecord.pathOf(id)));
      if (change.target().isPresent()) {
        state.apps.put(change.target().get());
        paths.add(StoredRecord.VersionRecord.pathOf(id, change.target().get().version()));
      } else {
        state.apps.remove(id);
        state.apps.versions(id).keySet().stream()
            .map(version -> StoredRecord.VersionRecord.pathOf(id, version))
            .forEach(paths::add);
      }
      outbox.doubt(paths);
      state.touch(id);
    }
    state.deployments.begin(deployment);
    outbox.repairSoon();
  }

  private void probe(Instance instance) {
    if (instance.wanted()) {
      state.apps.definition(instance).ifPresent(app -> updates.startHealthChecks(instance, app));
    }
  }
}
