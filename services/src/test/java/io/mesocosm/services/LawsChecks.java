package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Tally.Standing;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * What holds at every instant: looked at after each command, against what was before it. The rules
 * are worked out here once more, from the definitions and the deployments alone.
 */
final class LawsChecks {
  private record Before(Instance instance, boolean serving) {}

  private final Services core;
  private final Map<String, StoredRecord> store;
  // Instances that users named to be ended.
  private final Set<InstanceId> named = new HashSet<>();
  private SortedMap<InstanceId, Before> before = new TreeMap<>();
  private SortedMap<DeploymentId, Deployment> deploymentsBefore = new TreeMap<>();
  // Of each step: the actions that have been seen at their end.
  private final Set<String> reached = new HashSet<>();

  LawsChecks(Services core, Map<String, StoredRecord> store) {
    this.core = core;
    this.store = store;
  }

  void named(InstanceId instance) {
    named.add(instance);
  }

  void remember() {
    before = new TreeMap<>();
    for (Instance instance : core.state().instances.all()) {
      before.put(instance.id(), new Before(instance, core.state().isServing(instance)));
    }
    deploymentsBefore = new TreeMap<>();
    core.state().deployments.running().forEach(is -> deploymentsBefore.put(is.id(), is));
  }

  /**
   * @param isBeingWritten whether a write of the path is under way
   */
  void check(
      ServicesCommand command,
      List<ServicesEffect> effects,
      java.util.function.Predicate<String> isBeingWritten) {
    tallies();
    snapshot();
    locks();
    steps(effects);
    if (!(command instanceof ServicesCommand.Loaded)) {
      launches();
      endings(command);
    }
    effects.forEach(effect -> {
      if (effect instanceof ServicesEffect.SendCall(Call call)) {
        if (call.getType() == Call.Type.KILL) {
          ownKill(call.getKill().getTaskId().getValue(), isBeingWritten);
        }
        if (call.getType() == Call.Type.ACCEPT) {
          storedLaunch(call.getAccept());
        }
      }
    });
  }

  // ----- what is kept up agrees with what it is made of

  private Tally recount(AppId app) {
    ServicesState state = core.state();
    Tally tally = new Tally();
    for (Instance instance : state.instances.of(app)) {
      Optional<RunSpec> spec = state.specs.definition(instance);
      tally.add(
          Standing.of(
              instance,
              state.isReady(instance),
              state.isServing(instance),
              spec.flatMap(is -> state.health.isHealthy(instance, is))));
    }
    return tally;
  }

  private void tallies() {
    ServicesState state = core.state();
    Set<AppId> apps = new TreeSet<>(state.instances.apps());
    state.specs.all().forEach(spec -> apps.add(spec.id()));
    for (AppId app : apps) {
      Tally kept = state.instances.tally(app);
      Tally counted = recount(app);
      assertThat(numbers(kept)).as("tally of %s", app).isEqualTo(numbers(counted));
      Set<Instant> versions = new TreeSet<>();
      state.instances.of(app).forEach(instance -> versions.add(instance.configVersion()));
      for (Instant version : versions) {
        assertThat(numbers(kept.of(version)))
            .as("tally of %s at %s", app, version)
            .isEqualTo(numbers(counted.of(version)));
      }
    }
  }

  private static List<Object> numbers(Tally tally) {
    return List.of(
        tally.existing(),
        tally.active(),
        tally.ending(),
        tally.ready(),
        tally.serving(),
        tally.scheduled(),
        tally.counts());
  }

  private static List<Object> numbers(Tally.OfConfiguration tally) {
    return List.of(tally.active(), tally.ready(), tally.serving());
  }

  private void snapshot() {
    ServicesState state = core.state();
    ServicesSnapshot snapshot = core.snapshot();
    assertThat(snapshot.specs().keySet()).isEqualTo(state.specs.byId().keySet());
    for (RunSpec spec : state.specs.all()) {
      AppId id = spec.id();
      SortedMap<InstanceId, InstanceView> instances = new TreeMap<>();
      for (Instance instance : state.instances.of(id)) {
        RunSpec of = state.specs.definition(instance).orElse(spec);
        instances.put(
            instance.id(),
            new InstanceView(
                instance,
                of,
                state.health.results(instance.id()),
                state.health.isHealthy(instance, of),
                state.readiness.results(instance.id())));
      }
      SpecView whole =
          new SpecView(
              spec,
              new TreeSet<>(state.specs.versions(id).keySet()),
              instances,
              recount(id).counts(),
              state.queue.waiting(id),
              state.specs.lastFailure(id),
              state.deployments.affecting(id).map(Deployment::id).stream().toList());
      assertThat(snapshot.specs().get(id)).as("view of %s", id).isEqualTo(whole);
    }
  }

  private void locks() {
    Set<AppId> locked = new HashSet<>();
    for (Deployment deployment : core.state().deployments.running()) {
      for (AppId app : deployment.affectedApps()) {
        assertThat(locked.add(app))
            .as("%s is in one deployment only: %s", app, core.state().deployments.running())
            .isTrue();
      }
    }
  }

  // ----- steps

  private void steps(List<ServicesEffect> effects) {
    Set<DeploymentId> succeeded = new HashSet<>();
    for (ServicesEffect effect : effects) {
      if (effect instanceof ServicesEffect.Announce(ServicesNotice notice)
          && notice instanceof ServicesNotice.DeploymentSucceeded(Deployment done)) {
        succeeded.add(done.id());
      }
    }
    for (Deployment was : deploymentsBefore.values()) {
      Optional<Deployment> is = core.state().deployments.get(was.id());
      if (is.isPresent() && is.get().currentStep() > was.currentStep()
          || is.isEmpty() && succeeded.contains(was.id())) {
        for (Action action : was.currentActions()) {
          assertThat(reached.contains(key(was, action)) || isAtEnd(action))
              .as("%s of step %s is done before the next step", action, was.currentStep())
              .isTrue();
        }
      }
    }
    for (Deployment running : core.state().deployments.running()) {
      for (Action action : running.currentActions()) {
        if (isAtEnd(action)) {
          reached.add(key(running, action));
        }
      }
    }
  }

  private static String key(Deployment deployment, Action action) {
    return deployment.id() + " " + deployment.currentStep() + " " + action.app();
  }

  private boolean isAtEnd(Action action) {
    ServicesState state = core.state();
    List<Instance> instances = List.copyOf(state.instances.of(action.app()));
    Optional<RunSpec> spec = state.specs.get(action.app());
    return switch (action.kind()) {
      case START -> true;
      case STOP -> instances.isEmpty();
      case SCALE, RESTART -> {
        List<Instance> active = instances.stream().filter(Instance::isActive).toList();
        yield spec.isEmpty()
            || active.size() == spec.get().instances()
                && active.stream().allMatch(state::isReady)
                && instances.stream().allMatch(Instance::wanted)
                && (action.kind() == Deployment.Kind.SCALE
                    || active.stream().allMatch(is -> isOf(is, spec.get())));
      }
    };
  }

  private static boolean isOf(Instance instance, RunSpec spec) {
    return instance.configVersion().equals(spec.lastConfigChangeAt());
  }

  // ----- bounds

  /**
   * What is wanted of an app now.
   *
   * @param count of active instances, at most and at least
   * @param replacing present if all are to be of this definition
   */
  private record Wanted(int count, Optional<RunSpec> replacing) {}

  private Wanted wanted(AppId app) {
    ServicesState state = core.state();
    Optional<RunSpec> present = state.specs.get(app);
    Optional<Deployment> deployment = state.deployments.affecting(app);
    if (deployment.isEmpty()) {
      return new Wanted(present.map(RunSpec::instances).orElse(0), Optional.empty());
    }
    Optional<Action> last = Optional.empty();
    for (int i = 0;
        i <= deployment.get().currentStep() && i < deployment.get().steps().size();
        i++) {
      for (Action action : deployment.get().steps().get(i).actions()) {
        last = action.app().equals(app) ? Optional.of(action) : last;
      }
    }
    if (last.isEmpty()) {
      Optional<Instant> original =
          deployment.get().changes().stream()
              .filter(change -> change.app().equals(app))
              .findFirst()
              .flatMap(Deployment.Change::original);
      int count =
          original
              .flatMap(at -> state.specs.history().version(app, at))
              .map(RunSpec::instances)
              .orElse(0);
      return new Wanted(count, Optional.empty());
    }
    return switch (last.get().kind()) {
      case START, STOP -> new Wanted(0, Optional.empty());
      case SCALE -> new Wanted(present.orElseThrow().instances(), Optional.empty());
      case RESTART -> new Wanted(present.orElseThrow().instances(), present);
    };
  }

  private static int healthyMin(RunSpec spec) {
    return (int)
        Math.ceil(spec.instances() * spec.upgradeStrategy().minimumHealthCapacity() - 1e-9);
  }

  private static int existingMax(RunSpec spec) {
    int most =
        (int)
            Math.floor(
                spec.instances() * (1 + spec.upgradeStrategy().maximumOverCapacity()) + 1e-9);
    return Math.max(most, healthyMin(spec) + 1);
  }

  /** Nothing is launched beyond what may be there. */
  private void launches() {
    ServicesState state = core.state();
    Set<AppId> grown = new TreeSet<>();
    for (Instance instance : state.instances.all()) {
      if (!before.containsKey(instance.id())) {
        grown.add(instance.id().app());
      }
    }
    for (AppId app : grown) {
      Wanted wanted = wanted(app);
      List<Instance> instances = List.copyOf(state.instances.of(app));
      long active = instances.stream().filter(Instance::isActive).count();
      if (wanted.replacing().isEmpty()) {
        assertThat(active)
            .as("active instances of %s after a launch", app)
            .isLessThanOrEqualTo(wanted.count());
        continue;
      }
      RunSpec spec = wanted.replacing().get();
      long existing =
          instances.stream().filter(is -> is.condition() != Condition.UNREACHABLE_INACTIVE).count();
      long fresh =
          instances.stream().filter(Instance::isActive).filter(is -> isOf(is, spec)).count();
      assertThat(existing)
          .as("existing instances of %s after a launch", app)
          .isLessThanOrEqualTo(existingMax(spec));
      assertThat(fresh).as("new instances of %s", app).isLessThanOrEqualTo(spec.instances());
      assertThat(instances)
          .filteredOn(is -> !before.containsKey(is.id()))
          .allMatch(is -> isOf(is, spec));
    }
  }

  /** What does its work is not ended while it is needed. */
  private void endings(ServicesCommand command) {
    Set<AppId> ended = new TreeSet<>();
    for (Before was : before.values()) {
      InstanceId id = was.instance().id();
      Optional<Instance> is = core.state().instances.get(id);
      boolean byUpkeep =
          was.serving()
              && was.instance().isActive()
              && is.isPresent()
              && !is.get().wanted()
              && is.get().isRunning()
              && !named.contains(id)
              && !isReported(command, id);
      if (byUpkeep) {
        ended.add(id.app());
      }
    }
    ended.removeIf(this::isMadeAnew);
    for (AppId app : ended) {
      Wanted wanted = wanted(app);
      List<Instance> active =
          core.state().instances.of(app).stream().filter(Instance::isActive).toList();
      if (wanted.replacing().isEmpty()) {
        assertThat(active.size())
            .as("active instances of %s after some were ended", app)
            .isGreaterThanOrEqualTo(wanted.count());
        continue;
      }
      RunSpec spec = wanted.replacing().get();
      long up =
          active.stream()
              .filter(is -> isOf(is, spec) ? core.state().isReady(is) : core.state().isServing(is))
              .count();
      boolean surplusOnly =
          before.values().stream()
              .map(Before::instance)
              .filter(is -> is.id().app().equals(app))
              .filter(Instance::isActive)
              .filter(is -> core.state().instances.get(is.id()).filter(Instance::wanted).isEmpty())
              .allMatch(is -> isOf(is, spec));
      if (surplusOnly) {
        assertThat(active.stream().filter(is -> isOf(is, spec)).count())
            .as(
                "new instances of %s after some were ended: before %s, now %s",
                spec, before, active)
            .isGreaterThanOrEqualTo(spec.instances());
      } else {
        assertThat(up)
            .as(
                "instances of %s that do their work after old ones were ended: %s, now %s",
                spec, before, active)
            .isGreaterThanOrEqualTo(healthyMin(spec));
      }
    }
  }

  /** What is left of an earlier app of that id is ended before the new one begins. */
  private boolean isMadeAnew(AppId app) {
    return core
        .state()
        .deployments
        .affecting(app)
        .filter(is -> !deploymentsBefore.containsKey(is.id()))
        .stream()
        .flatMap(is -> is.steps().stream())
        .flatMap(step -> step.actions().stream())
        .anyMatch(action -> action.kind() == Deployment.Kind.START && action.app().equals(app));
  }

  private static boolean isReported(ServicesCommand command, InstanceId id) {
    return switch (command) {
      case ServicesCommand.HealthReported report -> report.instance().equals(id);
      case ServicesCommand.KillInstances _ -> true;
      // of a pod, one of whose containers has failed
      case ServicesCommand.SchedulerEvent(Event event) ->
          InstanceId.parse(event.getUpdate().getStatus().getTaskId().getValue())
              .equals(Optional.of(id));
      default -> false;
    };
  }

  // ----- only what is ours, and known to the store

  private void ownKill(String task, java.util.function.Predicate<String> isBeingWritten) {
    Optional<InstanceId> id = InstanceId.parse(task);
    assertThat(id).as("killed task %s is of our shape", task).isPresent();
    core.state()
        .instances
        .get(id.get())
        .filter(instance -> instance.task(task).isPresent())
        .ifPresent(instance ->
            assertThat(instance.wanted()).as("killed task %s is not wanted", task).isFalse());
    String path = StoredRecord.InstanceRecord.pathOf(id.get());
    if (core.state().instances.get(id.get()).isEmpty()
        && !isBeingWritten.test(path)
        && store.get(path) instanceof StoredRecord.InstanceRecord(Instance instance)) {
      assertThat(instance.wanted()).as("killed task %s, by the store", task).isFalse();
    }
  }

  private void storedLaunch(Call.Accept accept) {
    accept
        .getOperationsList()
        .forEach(operation -> {
          operation.getLaunch().getTaskInfosList().forEach(this::isStored);
          operation.getLaunchGroup().getTaskGroup().getTasksList().forEach(this::isStored);
        });
  }

  private void isStored(TaskInfo task) {
    InstanceId id = InstanceId.parse(task.getTaskId().getValue()).orElseThrow();
    assertThat(store)
        .as("records when %s is launched", id)
        .containsKey(StoredRecord.InstanceRecord.pathOf(id));
  }
}
