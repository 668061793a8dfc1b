package io.mesocosm.services;

import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.DeploymentPlanner.Move;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.VersionInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * Makes a deployment out of wishes, or says why it cannot be. Nothing is changed by that, except
 * that what is being stored is remembered until it is.
 */
final class Proposals {
  private final ServicesState state;
  private final ServicePorts ports;
  private final SortedMap<DeploymentId, Result.Proposal> storing = new TreeMap<>();

  Proposals(ServicesState state, ServicePorts ports) {
    this.state = state;
    this.ports = ports;
  }

  /** What came out. */
  sealed interface Result {
    /**
     * @param specs the definitions that the deployment brings
     * @param groupWishes those that are about groups
     * @param cancelled the deployments that it takes the place of
     */
    record Proposal(
        Deployment deployment,
        List<RunSpec> specs,
        List<Wish> groupWishes,
        List<DeploymentId> cancelled)
        implements Result {}

    record Refused(ApiAnswer why) implements Result {}
  }

  void storing(Result.Proposal proposal) {
    storing.put(proposal.deployment().id(), proposal);
  }

  void settled(DeploymentId deployment) {
    storing.remove(deployment);
  }

  Result propose(List<Wish> wishes, boolean force, Instant now) {
    List<Wish> groupWishes = new ArrayList<>(groupWishes(wishes));
    List<AppId> ids = wishes.stream().filter(wish -> !isAboutGroup(wish)).map(Wish::id).toList();
    List<DeploymentId> conflicts = state.deployments.conflicts(ids);
    Optional<ApiAnswer> refusal = firstRefusal(wishes);
    if (refusal.isPresent()) {
      return new Result.Refused(refusal.get());
    }
    if (!conflicts.isEmpty() && !force) {
      return new Result.Refused(new ApiAnswer.Locked(conflicts));
    }
    if (state.deployments.count() - conflicts.size() >= state.config.deploymentsMax()) {
      return new Result.Refused(new ApiAnswer.TooManyDeployments(state.config.deploymentsMax()));
    }
    Instant version = state.nextVersion(now);
    List<Move> moves = new ArrayList<>();
    Set<Integer> taken = new TreeSet<>();
    for (Wish wish : wishes) {
      if (!isAboutGroup(wish)) {
        Optional<Move> move = move(wish, version, taken);
        if (move.isEmpty()) {
          return new Result.Refused(outOfPorts(wish.id()));
        }
        moves.add(move.get());
      }
    }
    moves.sort(java.util.Comparator.comparing(Move::app));
    NavigableMap<AppId, RunSpec> targets = targets(moves);
    Optional<ApiAnswer> clash =
        tooManyApps(wishes, targets.size()).or(() -> clash(moves, wishes, targets));
    if (clash.isPresent()) {
      return new Result.Refused(clash.get());
    }
    moves.forEach(move -> addGroupsAround(move, groupWishes));
    SortedMap<AppId, Optional<GroupDefinition>> groups = new TreeMap<>();
    groupWishes.forEach(wish -> groups.put(wish.id(), group(wish)));
    DeploymentPlanner.Plan plan =
        DeploymentPlanner.plan(
            moves,
            targets,
            id -> groups.getOrDefault(id, state.specs.groups().get(id)),
            changed(moves, groupWishes, targets));
    return switch (plan) {
      case DeploymentPlanner.Plan.Cycle cycle ->
          new Result.Refused(
              new ApiAnswer.Invalid(
                  "/dependencies", "apps depend on each other in a ring: " + cycle.apps()));
      case DeploymentPlanner.Plan.Steps steps ->
          new Result.Proposal(
              new Deployment(
                  new DeploymentId(state.nextUuid()),
                  version,
                  moves.stream().map(Proposals::change).toList(),
                  steps.steps(),
                  0),
              moves.stream().flatMap(move -> move.target().stream()).toList(),
              groupWishes,
              conflicts);
    };
  }

  private static boolean isAboutGroup(Wish wish) {
    return wish instanceof Wish.PutGroup || wish instanceof Wish.RemoveGroup;
  }

  /** Those that change anything. */
  private List<Wish> groupWishes(List<Wish> wishes) {
    List<Wish> kept = new ArrayList<>();
    for (Wish wish : wishes) {
      Optional<GroupDefinition> present = state.specs.groups().get(wish.id());
      if (wish instanceof Wish.PutGroup put
          && present.filter(is -> is.saysTheSame(put.group())).isEmpty()) {
        kept.add(wish);
      }
      if (wish instanceof Wish.RemoveGroup && present.isPresent()) {
        kept.add(wish);
      }
    }
    return kept;
  }

  /** Who adds none is never refused, nor who puts back what was there. */
  private Optional<ApiAnswer> tooManyApps(List<Wish> wishes, int count) {
    int max = state.config.appsMax().orElse(Integer.MAX_VALUE);
    boolean adds =
        wishes.stream()
            .anyMatch(wish ->
                (wish instanceof Wish.Add || wish instanceof Wish.Put)
                    && state.specs.get(wish.id()).isEmpty());
    return adds && count > max ? Optional.of(new ApiAnswer.TooManyApps(max)) : Optional.empty();
  }

  private static Optional<GroupDefinition> group(Wish wish) {
    return wish instanceof Wish.PutGroup put ? Optional.of(put.group()) : Optional.empty();
  }

  private Optional<ApiAnswer> firstRefusal(List<Wish> wishes) {
    return wishes.stream().flatMap(wish -> refusal(wish).stream()).findFirst();
  }

  private Optional<ApiAnswer> refusal(Wish wish) {
    Optional<RunSpec> present = state.specs.get(wish.id());
    return switch (wish) {
      case Wish.Add add ->
          present
              .or(() -> beingAdded(add.id()))
              .map(is -> new ApiAnswer.AlreadyExists(kind(is), add.id().path()));
      case Wish.Put put -> {
        if (!present.map(RunSpec::version).equals(put.expected())) {
          yield Optional.of(new ApiAnswer.Retry());
        }
        boolean sameKind =
            present.filter(is -> !is.getClass().equals(put.spec().getClass())).isEmpty();
        yield sameKind
            ? Optional.empty()
            : Optional.of(
                new ApiAnswer.AlreadyExists(kind(present.orElseThrow()), put.id().path()));
      }
      case Wish.Restart(AppId id) ->
          present.isPresent()
              ? Optional.empty()
              : Optional.of(new ApiAnswer.NotFound("App", id.path()));
      case Wish.Remove(AppId id) ->
          present.isPresent()
              ? Optional.empty()
              : Optional.of(new ApiAnswer.NotFound("App", id.path()));
      // What is being added is not known to be there yet, and would be taken for new once more.
      case Wish.PutBack back ->
          beingAdded(back.id()).isPresent() ? Optional.of(new ApiAnswer.Retry()) : Optional.empty();
      case Wish.PutGroup _, Wish.RemoveGroup _ -> Optional.empty();
    };
  }

  private static String kind(RunSpec spec) {
    return spec instanceof PodDefinition ? "pod" : "app";
  }

  private Optional<RunSpec> beingAdded(AppId id) {
    return state
        .deployments
        .storing(id)
        .filter(change -> change.original().isEmpty())
        .flatMap(change ->
            storing.values().stream()
                .flatMap(one -> one.specs().stream())
                .filter(spec -> spec.id().equals(id))
                .findFirst());
  }

  /** Absent if there is no service port left for it. */
  private Optional<Move> move(Wish wish, Instant version, Set<Integer> taken) {
    Optional<RunSpec> before = state.specs.get(wish.id());
    return switch (wish) {
      case Wish.Add add -> target(add.spec(), before, version, false, taken);
      case Wish.Put put -> target(put.spec(), before, version, false, taken);
      case Wish.Restart _ -> target(before.orElseThrow(), before, version, true, taken);
      case Wish.PutBack back -> Optional.of(new Move(wish.id(), before, Optional.of(back.spec())));
      case Wish.Remove _ -> Optional.of(new Move(wish.id(), before, Optional.empty()));
      case Wish.PutGroup _, Wish.RemoveGroup _ ->
          throw new IllegalArgumentException(wish + " is about a group");
    };
  }

  private Optional<Move> target(
      RunSpec spec, Optional<RunSpec> before, Instant version, boolean anew, Set<Integer> taken) {
    IntPredicate used =
        port ->
            state.specs.isServicePortUsed(port)
                || storing.values().stream()
                    .anyMatch(one ->
                        one.specs().stream()
                            .anyMatch(other -> other.servicePorts().contains(port)));
    return ports
        .assign(spec, before, used, taken)
        .map(assigned -> versioned(assigned, before, version, anew))
        .map(target -> new Move(spec.id(), before, Optional.of(target)));
  }

  private static RunSpec versioned(
      RunSpec spec, Optional<RunSpec> before, Instant version, boolean anew) {
    if (before.isEmpty()) {
      return spec.withVersion(version, new VersionInfo(version, version));
    }
    VersionInfo info = before.get().versionInfo();
    if (anew || !before.get().hasSameConfiguration(spec)) {
      return spec.withVersion(version, new VersionInfo(version, version));
    }
    // What changes nothing is no new version.
    return before.get().instances() == spec.instances()
        ? before.get()
        : spec.withVersion(version, new VersionInfo(version, info.lastConfigChangeAt()));
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

  /** All apps and pods as they are to be, with what is being stored. */
  private NavigableMap<AppId, RunSpec> targets(List<Move> moves) {
    NavigableMap<AppId, RunSpec> targets = new TreeMap<>(state.specs.byId());
    for (Result.Proposal other : storing.values()) {
      other.deployment().changes().forEach(change -> targets.remove(change.app()));
      other.specs().forEach(spec -> targets.put(spec.id(), spec));
    }
    for (Move move : moves) {
      targets.remove(move.app());
      move.target().ifPresent(target -> targets.put(move.app(), target));
    }
    return targets;
  }

  /** One id names an app, a pod or a group, and never two of them. */
  private Optional<ApiAnswer> clash(
      List<Move> moves, List<Wish> wishes, NavigableMap<AppId, RunSpec> targets) {
    Set<AppId> removedGroups = new TreeSet<>();
    for (Wish wish : wishes) {
      if (wish instanceof Wish.RemoveGroup) {
        removedGroups.add(wish.id());
      }
      if (wish instanceof Wish.PutGroup && targets.containsKey(wish.id())) {
        return Optional.of(sameId(wish.id()));
      }
    }
    for (Move move : moves) {
      AppId id = move.app();
      if (move.target().isPresent() && move.original().isEmpty()) {
        boolean isGroup = state.specs.groups().has(id) && !removedGroups.contains(id);
        boolean isInSpec = false;
        for (Optional<AppId> at = id.parent(); at.isPresent(); at = at.get().parent()) {
          isInSpec |= targets.containsKey(at.get());
        }
        if (isGroup || isInSpec || !AppId.below(targets, id).isEmpty()) {
          return Optional.of(sameId(id));
        }
      }
    }
    return Optional.empty();
  }

  private static ApiAnswer sameId(AppId id) {
    return new ApiAnswer.Invalid(
        "/id", "Groups and Applications may not have the same identifier: " + id);
  }

  /** Whatever is made is in groups that stay when it goes. */
  private void addGroupsAround(Move move, List<Wish> groupWishes) {
    if (move.target().isEmpty() || move.original().isPresent()) {
      return;
    }
    for (Optional<AppId> at = move.app().parent(); at.isPresent(); at = at.get().parent()) {
      AppId group = at.get();
      boolean known =
          group.isRoot()
              || state.specs.groups().has(group)
              || groupWishes.stream().anyMatch(wish -> wish.id().equals(group));
      if (!known) {
        boolean enforced =
            group.segments().size() == 1
                && state.config.newGroupRole() == ServicesConfig.EnforcedRole.TOP;
        groupWishes.add(
            new Wish.PutGroup(
                new GroupDefinition(group, List.of(), enforced, AppDefinition.UNVERSIONED)));
      }
    }
  }

  /** The ids whose dependencies may be others than before. */
  private static Collection<AppId> changed(
      List<Move> moves, List<Wish> groupWishes, NavigableMap<AppId, RunSpec> targets) {
    Set<AppId> changed = new TreeSet<>();
    moves.stream()
        .filter(move -> move.target().isPresent())
        .forEach(move -> changed.add(move.app()));
    for (Wish wish : groupWishes) {
      if (group(wish).filter(group -> !group.dependencies().isEmpty()).isPresent()) {
        changed.addAll(AppId.below(targets, wish.id()).keySet());
      }
    }
    return changed;
  }

  private static Change change(Move move) {
    return new Change(
        move.app(),
        move.isPod(),
        move.original().map(RunSpec::version),
        move.target().map(RunSpec::version));
  }
}
