package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Users who draw what they ask for, and know what they were told: the definitions are at every
 * moment those that were acknowledged, and no others.
 */
final class LawsUsers {
  /** A request that may have been carried out or not. */
  private record Open(ServicesCommand command, SortedMap<AppId, Optional<RunSpec>> exact) {
    List<Wish> wishes() {
      return command instanceof ServicesCommand.Change change ? change.wishes() : List.of();
    }

    Optional<WriteOptions.Key> key() {
      return command instanceof ServicesCommand.Change change
          ? change.options().key()
          : Optional.empty();
    }
  }

  private final RandomGenerator random;
  private final LawsDefinitions definitions;
  private final SequencedMap<Long, Open> open = new LinkedHashMap<>();
  // Asked with a key; asked again until there is an answer.
  private final Map<String, ServicesCommand.Change> keyed = new LinkedHashMap<>();
  private final Map<String, DeploymentId> deploymentByKey = new LinkedHashMap<>();
  private NavigableMap<AppId, RunSpec> present = new TreeMap<>();
  private final SortedMap<Instant, NavigableMap<AppId, RunSpec>> moments = new TreeMap<>();
  private final Map<AppId, SortedMap<Instant, RunSpec>> versions = new TreeMap<>();
  // Apps that may be left with instances of several configurations: a deployment was cut short.
  private final Set<AppId> mixed = new TreeSet<>();
  private long nextRequest = 1;

  LawsUsers(RandomGenerator random) {
    this.random = random;
    this.definitions = new LawsDefinitions(random);
    moments.put(Instant.EPOCH, new TreeMap<>());
  }

  NavigableMap<AppId, RunSpec> present() {
    return present;
  }

  boolean mayBeMixed(AppId app) {
    return mixed.contains(app);
  }

  boolean isWaiting() {
    return !open.isEmpty();
  }

  // ----- what they ask

  ServicesCommand next(Services core, LawsChecks checks) {
    long request = nextRequest++;
    Open asked = draw(request, core, checks);
    open.put(request, asked);
    return asked.command();
  }

  private Open draw(long request, Services core, LawsChecks checks) {
    List<Deployment> running = core.state().deployments.running();
    int drawn = random.nextInt(100);
    if (drawn < 12 && !running.isEmpty()) {
      return cancel(request, definitions.any(running));
    }
    if (drawn < 18) {
      return kill(request, core, checks);
    }
    if (drawn < 20) {
      return open(new ServicesCommand.ResetDelay(request, definitions.anyId()));
    }
    if (drawn < 28 && !keyed.isEmpty()) {
      ServicesCommand.Change first = definitions.any(List.copyOf(keyed.values()));
      return open(
          new ServicesCommand.Change(
              request, first.wishes(), OptionalLong.empty(), first.options()));
    }
    if (drawn < 36) {
      return restartByKey(request, core);
    }
    if (drawn < 46) {
      return backInTime(request, core);
    }
    boolean inGroup = drawn < 62;
    List<Wish> wishes = inGroup ? groupWishes(core) : List.of(wish(core, definitions.anyId()));
    OptionalLong generation =
        inGroup && random.nextInt(3) > 0
            ? OptionalLong.of(core.state().generation())
            : OptionalLong.empty();
    boolean dryRun = random.nextInt(15) == 0;
    return open(
        new ServicesCommand.Change(
            request,
            wishes,
            generation,
            new WriteOptions(random.nextBoolean(), dryRun, Optional.empty())));
  }

  private static Open open(ServicesCommand command) {
    return new Open(command, new TreeMap<>());
  }

  private Wish wish(Services core, AppId id) {
    Optional<RunSpec> is = core.state().specs.get(id);
    if (is.isEmpty()) {
      return random.nextInt(12) == 0 ? new Wish.Remove(id) : new Wish.Add(definitions.anew(id));
    }
    return switch (random.nextInt(8)) {
      case 0 -> new Wish.Remove(id);
      case 1 -> new Wish.Restart(id);
      case 2 -> new Wish.Put(is.get().withInstances(definitions.count()), stale(is.get()));
      default -> new Wish.Put(definitions.changed(is.get()), stale(is.get()));
    };
  }

  private Optional<Instant> stale(RunSpec spec) {
    return Optional.of(random.nextInt(20) == 0 ? Instant.EPOCH : spec.version());
  }

  private List<Wish> groupWishes(Services core) {
    AppId group = definitions.any(LawsDefinitions.GROUPS);
    List<Wish> wishes = new ArrayList<>();
    boolean removal = random.nextInt(6) == 0;
    if (removal && !group.isRoot()) {
      core.state().specs.below(group).forEach(spec -> wishes.add(new Wish.Remove(spec.id())));
      AppId.below(core.state().specs.groups().present(), group)
          .keySet()
          .forEach(inner -> wishes.add(new Wish.RemoveGroup(inner)));
      wishes.add(new Wish.RemoveGroup(group));
      return wishes;
    }
    if (!group.isRoot()) {
      List<AppId> depends = random.nextInt(3) == 0 ? definitions.dependencies() : List.of();
      wishes.add(
          new Wish.PutGroup(new GroupDefinition(group, depends, false, AppDefinition.UNVERSIONED)));
    }
    for (AppId id : LawsDefinitions.APPS) {
      if (id.isBelow(group) && random.nextBoolean()) {
        wishes.add(wish(core, id));
      }
    }
    return wishes;
  }

  private Open cancel(long request, Deployment deployment) {
    boolean force = random.nextInt(3) == 0;
    SortedMap<AppId, Optional<RunSpec>> exact = new TreeMap<>();
    if (!force) {
      for (Deployment.Change change : deployment.changes()) {
        exact.put(change.app(), change.original().map(at -> version(change.app(), at)));
      }
    }
    return new Open(new ServicesCommand.CancelDeployment(request, deployment.id(), force), exact);
  }

  private RunSpec version(AppId app, Instant at) {
    return Optional.ofNullable(versions.get(app))
        .map(known -> known.get(at))
        .orElseThrow(() -> new AssertionError("nobody was told of " + app + " at " + at));
  }

  private Open kill(long request, Services core, LawsChecks checks) {
    List<Instance> instances = core.state().instances.all();
    List<String> ids = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0 && !instances.isEmpty(); i--) {
      Instance instance = definitions.any(instances);
      ids.add(instance.taskId());
      checks.named(instance.id());
    }
    boolean scale = random.nextBoolean();
    return open(
        new ServicesCommand.KillInstances(
            request,
            ids,
            Optional.empty(),
            Optional.empty(),
            scale,
            false,
            WriteOptions.forced(random.nextBoolean())));
  }

  private Open restartByKey(long request, Services core) {
    List<RunSpec> all = List.copyOf(core.state().specs.all());
    AppId id = all.isEmpty() ? definitions.anyId() : definitions.any(all).id();
    String key = "key" + request;
    ServicesCommand.Change change =
        new ServicesCommand.Change(
            request,
            List.of(new Wish.Restart(id)),
            OptionalLong.empty(),
            new WriteOptions(true, false, Optional.of(new WriteOptions.Key(key, "restart " + id))));
    keyed.put(key, change);
    return open(change);
  }

  /** An app or a group is to be as it was. */
  private Open backInTime(long request, Services core) {
    Instant moment = definitions.any(List.copyOf(moments.keySet()));
    NavigableMap<AppId, RunSpec> then = past(moment);
    AppId group = definitions.any(LawsDefinitions.GROUPS);
    List<Wish> wishes = new ArrayList<>();
    SortedMap<AppId, Optional<RunSpec>> exact = new TreeMap<>();
    for (RunSpec spec : core.state().specs.below(group)) {
      if (!then.containsKey(spec.id())) {
        wishes.add(new Wish.Remove(spec.id()));
        exact.put(spec.id(), Optional.empty());
      }
    }
    AppId.below(then, group)
        .forEach((id, spec) -> {
          wishes.add(new Wish.PutBack(spec));
          exact.put(id, Optional.of(spec));
        });
    return new Open(
        new ServicesCommand.Change(
            request,
            wishes,
            OptionalLong.of(core.state().generation()),
            WriteOptions.forced(random.nextBoolean())),
        exact);
  }

  private NavigableMap<AppId, RunSpec> past(Instant moment) {
    SortedMap<Instant, NavigableMap<AppId, RunSpec>> until =
        new TreeMap<>(moments).headMap(moment, true);
    return until.lastEntry().getValue();
  }

  /** One who waits gives up. */
  Optional<ServicesCommand> abandon() {
    return open.isEmpty()
        ? Optional.empty()
        : Optional.of(new ServicesCommand.Abandon(definitions.any(List.copyOf(open.keySet()))));
  }

  // ----- what they are told

  /** What a command has led to, in order. */
  void told(List<ServicesEffect> effects) {
    Map<DeploymentId, ApiAnswer.Deployed> deployed = new LinkedHashMap<>();
    Map<DeploymentId, Deployment> started = new LinkedHashMap<>();
    for (ServicesEffect effect : effects) {
      if (effect instanceof ServicesEffect.Announce(ServicesNotice notice)) {
        switch (notice) {
          case ServicesNotice.DeploymentStarted(Deployment deployment) ->
              started.put(deployment.id(), deployment);
          case ServicesNotice.DeploymentFailed(Deployment deployment, String _) ->
              mixed.addAll(deployment.affectedApps());
          default -> {
            // says nothing of definitions
          }
        }
      }
    }
    for (ServicesEffect effect : effects) {
      if (effect instanceof ServicesEffect.Answer(long request, ApiAnswer answer)) {
        Open asked =
            Optional.ofNullable(open.get(request))
                .orElseThrow(() -> new AssertionError("request " + request + " answered twice"));
        if (!(answer instanceof ApiAnswer.Unknown)) {
          open.remove(request);
        }
        if (answer instanceof ApiAnswer.Deployed yes) {
          deployed.put(yes.deployment(), yes);
          apply(
              asked,
              yes,
              Objects.requireNonNull(
                  started.get(yes.deployment()), "deployment that was acknowledged"));
        }
        byKey(asked, answer);
      }
    }
    assertThat(started.keySet())
        .as("deployments that somebody asked for")
        .isEqualTo(deployed.keySet());
  }

  private void byKey(Open asked, ApiAnswer answer) {
    if (asked.key().isEmpty()) {
      return;
    }
    String key = asked.key().get().value();
    Optional<DeploymentId> came =
        switch (answer) {
          case ApiAnswer.Deployed deployed -> Optional.of(deployed.deployment());
          case ApiAnswer.Repeated repeated -> Optional.of(repeated.first().deployment());
          default -> Optional.empty();
        };
    came.ifPresent(is -> {
      DeploymentId before = deploymentByKey.putIfAbsent(key, is);
      assertThat(before == null ? is : before).as("what came of %s", key).isEqualTo(is);
    });
  }

  private void apply(Open asked, ApiAnswer.Deployed answer, Deployment deployment) {
    NavigableMap<AppId, RunSpec> after = new TreeMap<>(present);
    deployment.changes().stream()
        .filter(change -> change.target().isEmpty())
        .forEach(change -> after.remove(change.app()));
    answer.specs().forEach(spec -> after.put(spec.id(), spec));
    for (Wish wish : asked.wishes()) {
      assertThat(isSo(wish, after)).as("%s after it was acknowledged", wish).isTrue();
    }
    asked
        .exact()
        .forEach((id, spec) ->
            assertThat(Optional.ofNullable(after.get(id)))
                .as("%s, which was to be as before", id)
                .isEqualTo(spec));
    became(after, deployment.version());
  }

  private boolean isSo(Wish wish, NavigableMap<AppId, RunSpec> all) {
    Optional<RunSpec> is = Optional.ofNullable(all.get(wish.id()));
    return switch (wish) {
      case Wish.Add(RunSpec spec) -> is.filter(it -> isSame(it, spec)).isPresent();
      case Wish.Put(RunSpec spec, var _) -> is.filter(it -> isSame(it, spec)).isPresent();
      case Wish.PutBack(RunSpec spec) -> is.equals(Optional.of(spec));
      case Wish.Restart _ ->
          is.isPresent()
              && Optional.ofNullable(present.get(wish.id()))
                  .filter(was -> was.lastConfigChangeAt().equals(is.get().lastConfigChangeAt()))
                  .isEmpty();
      case Wish.Remove _ -> is.isEmpty();
      case Wish.PutGroup _, Wish.RemoveGroup _ -> true;
    };
  }

  private static boolean isSame(RunSpec one, RunSpec other) {
    return one.hasSameConfiguration(other) && one.instances() == other.instances();
  }

  private void became(NavigableMap<AppId, RunSpec> after, Instant at) {
    present = after;
    after.forEach(
        (id, spec) -> versions.computeIfAbsent(id, _ -> new TreeMap<>()).put(spec.version(), spec));
    moments.put(at, new TreeMap<>(after));
  }

  /** The definitions are what they were told, and nothing more. */
  void check(Services core) {
    assertThat(core.state().specs.byId()).isEqualTo(present);
  }

  /** All that was is known still. */
  void checkPast(Services core) {
    Past past = core.snapshot().past();
    moments.forEach((moment, then) ->
        assertThat(past.allAt(AppId.ROOT, moment))
            .as("definitions at %s", moment)
            .isEqualTo(List.copyOf(then.values())));
  }

  // ----- the next scheduler

  /**
   * The process before has ended: what was acknowledged is there, what was refused is not, and what
   * was open is there as a whole or not at all.
   */
  void nextProcess(Services core) {
    NavigableMap<AppId, RunSpec> after = new TreeMap<>(core.state().specs.byId());
    Set<AppId> changed = new TreeSet<>(present.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(
        id -> Optional.ofNullable(present.get(id)).equals(Optional.ofNullable(after.get(id))));
    Set<AppId> explained = new TreeSet<>();
    for (Open one : open.values()) {
      SortedMap<AppId, Boolean> so = new TreeMap<>();
      one.wishes().forEach(wish -> so.put(wish.id(), isSo(wish, after)));
      one.exact()
          .forEach((id, spec) -> so.put(id, Optional.ofNullable(after.get(id)).equals(spec)));
      if (one.command() instanceof ServicesCommand.KillInstances kill) {
        kill.ids().stream()
            .flatMap(id -> InstanceId.parse(id).stream())
            .forEach(id -> so.put(id.app(), true));
      }
      // Of several that were carried out, a later one may have changed the same.
      boolean whole = open.size() > 1 || !so.containsValue(false);
      so.forEach((id, is) -> {
        if (is && whole) {
          explained.add(id);
        }
      });
    }
    assertThat(explained).as("apps that somebody may have changed").containsAll(changed);
    mixed.addAll(changed);
    becameBy(core, after, changed);
    open.clear();
  }

  /** Each of the requests was carried out at its own moment, which only the core knows. */
  private void becameBy(Services core, NavigableMap<AppId, RunSpec> after, Set<AppId> changed) {
    Past past = core.snapshot().past();
    for (AppId id : changed) {
      for (Instant at : core.state().specs.history().changes(id)) {
        moments.computeIfAbsent(at, moment -> new TreeMap<>(past(moment)));
      }
      moments.forEach((moment, then) ->
          past.at(id, moment).ifPresentOrElse(is -> then.put(id, is), () -> then.remove(id)));
      core.state()
          .specs
          .versions(id)
          .forEach((version, spec) ->
              versions.computeIfAbsent(id, _ -> new TreeMap<>()).put(version, spec));
    }
    present = after;
  }
}
