package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/** Begins where an earlier process ended, from what the store kept. */
final class Loading {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final StatusUpdates updates;
  private final Endings endings;
  private final List<GroupDefinition> groups = new ArrayList<>();
  private final List<GivenAnswer> answers = new ArrayList<>();

  private record Version(AppId app, Instant at) {}

  Loading(
      ServicesState state,
      Outbox outbox,
      Subscription subscription,
      StatusUpdates updates,
      Endings endings) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.updates = updates;
    this.endings = endings;
  }

  void load(List<StoredRecord> records, Instant now) {
    List<Deployment> deployments = new ArrayList<>();
    List<RunSpec> specs = new ArrayList<>();
    List<StoredRecord.PutBackRecord> putBack = new ArrayList<>();
    List<StoredRecord.DeletedRecord> deleted = new ArrayList<>();
    List<Instance> instances = new ArrayList<>();
    for (StoredRecord record : records) {
      switch (record) {
        case StoredRecord.FrameworkRecord framework ->
            subscription.restoreIdentity(framework.frameworkId());
        case StoredRecord.SpecRecord(RunSpec spec) -> specs.add(spec);
        case StoredRecord.VersionRecord(RunSpec spec) -> {
          state.sawVersion(spec.version());
          state.specs.history().putVersion(spec.id(), spec.version(), spec);
        }
        case StoredRecord.PutBackRecord back -> putBack.add(back);
        case StoredRecord.DeletedRecord gone -> deleted.add(gone);
        case StoredRecord.GroupRecord(GroupDefinition group) -> groups.add(group);
        case StoredRecord.GroupVersionRecord(GroupDefinition group) -> {
          state.sawVersion(group.version());
          state.specs.groups().putVersion(group.id(), group.version(), group);
        }
        case StoredRecord.GroupDeletedRecord(AppId id, Instant at) -> {
          state.sawVersion(at);
          state.specs.groups().delete(id, at);
        }
        case StoredRecord.InstanceRecord(Instance instance) -> instances.add(instance);
        case StoredRecord.DeploymentRecord(Deployment deployment) -> deployments.add(deployment);
        case StoredRecord.LeftoverRecord(Leftover leftover) -> {
          state.leftovers.put(leftover);
          outbox.setTimer(new ServicesTimer.LeftoverOver(leftover.reservation()), leftover.until());
        }
        case StoredRecord.AnswerRecord(GivenAnswer answer) -> answers.add(answer);
        case StoredRecord.HaltRecord halt -> state.attempts.load(halt);
      }
    }
    load(specs, putBack, deleted);
    answers.sort(Comparator.comparing(GivenAnswer::at).thenComparing(GivenAnswer::key));
    answers.forEach(state.answers::put);
    instances.forEach(instance -> loadInstance(instance, now));
    loadDeployments(deployments);
    dropStray();
    state.definitionsChanged();
    state.instances.all().stream().filter(Instance::isRunning).forEach(this::probe);
    state.instances.apps().forEach(state::touch);
    subscription.subscribe();
    outbox.setTimer(new ServicesTimer.Reconcile(), now.plus(state.config.reconciliationInterval()));
  }

  private void load(
      List<RunSpec> specs,
      List<StoredRecord.PutBackRecord> putBack,
      List<StoredRecord.DeletedRecord> deleted) {
    // What is in force became so by its own making, or by the last time that it was put back.
    Map<Version, Instant> inForceSince = new HashMap<>();
    for (StoredRecord.PutBackRecord back : putBack) {
      state.sawVersion(back.at());
      inForceSince.merge(
          new Version(back.app(), back.version()),
          back.at(),
          BinaryOperator.maxBy(Comparator.naturalOrder()));
      state
          .specs
          .history()
          .version(back.app(), back.version())
          .ifPresent(spec -> state.specs.history().putVersion(back.app(), back.at(), spec));
    }
    for (StoredRecord.DeletedRecord gone : deleted) {
      state.sawVersion(gone.at());
      state.specs.history().delete(gone.app(), gone.at());
    }
    for (RunSpec spec : specs) {
      state.sawVersion(spec.version());
      Instant at =
          inForceSince.getOrDefault(new Version(spec.id(), spec.version()), spec.version());
      state.specs.put(spec, at);
      state.touch(spec.id());
    }
    // After the deletions of the same group, which it was made again since.
    groups.forEach(group -> state.specs.groups().put(group.id(), group.version(), group));
  }

  /** A crash may have left definitions of a deployment that was never stored. */
  private void dropStray() {
    List<String> paths = new ArrayList<>();
    state
        .specs
        .history()
        .takeStray()
        .forEach((app, versions) ->
            versions.forEach(at -> paths.add(StoredRecord.VersionRecord.pathOf(app, at))));
    state
        .specs
        .groups()
        .takeStray()
        .forEach((group, versions) ->
            versions.forEach(at -> paths.add(StoredRecord.GroupVersionRecord.pathOf(group, at))));
    if (!paths.isEmpty()) {
      outbox.store(List.of(), paths, new Deed.Nothing());
    }
  }

  private void loadInstance(Instance instance, Instant now) {
    state.instances.put(instance);
    state.touch(instance.id().app());
    if (instance.condition() == Condition.SCHEDULED) {
      endings.awaitReservation(instance, now);
    } else if (!instance.wanted()) {
      endings.drainAnew(instance, now);
      outbox.setTimer(
          new ServicesTimer.KillRetry(instance.id()), now.plus(state.config.killRetryInterval()));
    } else if (instance.startedAt().isEmpty()) {
      outbox.setTimer(
          new ServicesTimer.LaunchOverdue(instance.id()), now.plus(state.config.launchTimeout()));
    } else if (!instance.isRunning()) {
      outbox.setTimer(new ServicesTimer.Unreachable(instance.id()), now);
    }
  }

  private void loadDeployments(List<Deployment> deployments) {
    deployments.sort(Comparator.comparing(Deployment::version).thenComparing(Deployment::id));
    SortedMap<AppId, Instant> lastByApp = new TreeMap<>();
    deployments.forEach(deployment ->
        deployment.affectedApps().forEach(app -> lastByApp.put(app, deployment.version())));
    for (Deployment deployment : deployments) {
      if (isSuperseded(deployment, lastByApp)) {
        outbox.remove(StoredRecord.DeploymentRecord.pathOf(deployment.id()));
      } else if (isWithoutTarget(deployment)) {
        outbox.remove(StoredRecord.DeploymentRecord.pathOf(deployment.id()));
        outbox.announce(
            new ServicesNotice.DeploymentFailed(
                deployment, "the definitions that it was to bring are not kept any more"));
      } else {
        loadDeployment(deployment);
      }
    }
  }

  /**
   * Whether a later deployment has changed one of its apps: then it was done or cancelled, and only
   * the removal of its record failed. Nothing could ever reach what it wants.
   */
  private boolean isSuperseded(Deployment deployment, SortedMap<AppId, Instant> lastByApp) {
    Instant version = deployment.version();
    return deployment.affectedApps().stream()
        .anyMatch(app ->
            lastByApp.getOrDefault(app, version).isAfter(version)
                || state
                    .specs
                    .get(app)
                    .filter(_ -> !state.specs.history().changes(app).isEmpty())
                    .filter(_ -> state.specs.history().changes(app).last().isAfter(version))
                    .isPresent());
  }

  /** Row L6. */
  private boolean isWithoutTarget(Deployment deployment) {
    return deployment.changes().stream()
        .anyMatch(change ->
            change
                .target()
                .filter(at -> state.specs.history().version(change.app(), at).isEmpty())
                .isPresent());
  }

  /**
   * A crash may have come between the deployment's record and those of its apps: they are written
   * again, as they are all that is left of it when it is done.
   */
  private void loadDeployment(Deployment deployment) {
    Instant version = deployment.version();
    state.sawVersion(version);
    for (Deployment.Change change : deployment.changes()) {
      AppId id = change.app();
      if (change.target().isPresent()) {
        state.specs.put(
            state.specs.history().version(id, change.target().get()).orElseThrow(), version);
      } else {
        state.specs.delete(id, version);
      }
      outbox.doubt(
          List.of(
              StoredRecord.SpecRecord.pathOf(id), StoredRecord.VersionRecord.pathOf(id, version)));
      state.touch(id);
    }
    state.deployments.begin(deployment);
    outbox.repairSoon();
  }

  private void probe(Instance instance) {
    if (instance.wanted()) {
      state.specs.definition(instance).ifPresent(app -> updates.startHealthChecks(instance, app));
    }
  }
}
