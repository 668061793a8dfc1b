package io.mesocosm.services.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.services.Past;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Wish;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.json.AppRules;
import io.mesocosm.services.json.GroupUpdate;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What has to change for a group to become what is asked for. Pure. */
final class GroupWishes {
  private final ServicesSnapshot snapshot;
  private final boolean newGroupsEnforce;
  private final List<Wish> wishes = new ArrayList<>();

  /**
   * @param newGroupsEnforce whether new outermost groups insist on their role unless they say
   *     otherwise
   */
  GroupWishes(ServicesSnapshot snapshot, boolean newGroupsEnforce) {
    this.snapshot = snapshot;
    this.newGroupsEnforce = newGroupsEnforce;
  }

  List<Wish> of(GroupUpdate update) {
    if (update.version().isPresent()) {
      rollBack(update.id(), update.version().get());
    } else if (update.scaleBy().isPresent()) {
      scale(update.id(), update.scaleBy().get());
    } else {
      put(update);
    }
    return wishes;
  }

  List<Wish> removing(AppId group) {
    removeAll(snapshot.below(group).stream().map(view -> view.spec().id()).toList());
    removeGroups(AppId.below(snapshot.groups(), group).keySet());
    if (!group.isRoot()) {
      wishes.add(new Wish.RemoveGroup(group));
    }
    return wishes;
  }

  private void put(GroupUpdate update) {
    AppId id = update.id();
    GroupDefinition present =
        Optional.ofNullable(snapshot.groups().get(id)).orElse(GroupDefinition.plain(id));
    wishes.add(
        new Wish.PutGroup(
            new GroupDefinition(
                id,
                update.dependencies().orElse(present.dependencies()),
                update.enforceRole().orElse(present.enforceRole() || isNewAndEnforced(id)),
                present.version())));
    int depth = id.segments().size();
    if (update.apps().isPresent()) {
      Set<AppId> kept = new TreeSet<>();
      for (AppDefinition app : update.apps().get()) {
        kept.add(app.id());
        put(app);
      }
      removeAll(
          snapshot.below(id).stream()
              .filter(view -> !view.isPod())
              .map(view -> view.spec().id())
              .filter(app -> app.segments().size() == depth + 1 && !kept.contains(app))
              .toList());
    }
    if (update.groups().isPresent()) {
      Set<AppId> kept = new TreeSet<>();
      for (GroupUpdate inner : update.groups().get()) {
        kept.add(inner.id());
        put(inner);
      }
      removeOtherGroups(id, kept);
    }
  }

  private boolean isNewAndEnforced(AppId group) {
    return newGroupsEnforce && group.segments().size() == 1 && !snapshot.isGroup(group);
  }

  private void put(AppDefinition app) {
    Optional<SpecView> present = Optional.ofNullable(snapshot.specs().get(app.id()));
    if (present.filter(SpecView::isPod).isPresent()) {
      throw InvalidRequestException.broken(
          "/id", app.id() + " is a pod: change it by /v2/pods, or take another id");
    }
    boolean same =
        present
            .filter(view -> view.spec().instances() == app.instances())
            .filter(view -> view.spec().hasSameConfiguration(withServicePortsOf(view.app(), app)))
            .isPresent();
    present.ifPresent(view -> AppRules.requireUpdatable(view.app(), app));
    if (!same) {
      wishes.add(new Wish.Put(app, present.map(view -> view.spec().version())));
    }
  }

  /** Ports that are left to us stay as they are. */
  private static RunSpec withServicePortsOf(AppDefinition before, AppDefinition app) {
    List<Integer> had = before.servicePorts();
    List<Integer> asked = app.servicePorts();
    List<Integer> merged = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      merged.add(asked.get(i) == 0 && i < had.size() ? had.get(i) : asked.get(i));
    }
    return app.withServicePorts(merged);
  }

  /** Whatever lies in the group in groups of its own that are not to stay; pods stay. */
  private void removeOtherGroups(AppId group, Set<AppId> kept) {
    for (SpecView view : snapshot.below(group)) {
      AppId id = view.spec().id();
      boolean deeper = id.segments().size() > group.segments().size() + 1;
      if (deeper && !view.isPod() && kept.stream().noneMatch(id::isBelow)) {
        wishes.add(new Wish.Remove(id));
      }
    }
    removeGroups(
        AppId.below(snapshot.groups(), group).keySet().stream()
            .filter(id -> kept.stream().noneMatch(one -> one.equals(id) || id.isBelow(one)))
            .filter(id -> kept.stream().noneMatch(one -> one.isBelow(id)))
            .filter(id -> snapshot.below(id).stream().noneMatch(SpecView::isPod))
            .toList());
  }

  private void scale(AppId group, double factor) {
    requireGroup(group);
    for (SpecView view : snapshot.below(group)) {
      if (!view.isPod()) {
        RunSpec spec = view.spec();
        double scaled = Math.ceil(spec.instances() * factor);
        if (scaled > Integer.MAX_VALUE) {
          throw InvalidRequestException.broken(
              "/scaleBy", spec.id() + " would have " + scaled + " instances");
        }
        if ((int) scaled != spec.instances()) {
          wishes.add(new Wish.Put(spec.withInstances((int) scaled), Optional.of(spec.version())));
        }
      }
    }
  }

  private void rollBack(AppId group, Instant version) {
    requireGroup(group);
    Past past = snapshot.past();
    if (past.changes(group).isEmpty() || past.changes(group).first().isAfter(version)) {
      throw new HttpException(
          Answers.message(
              404,
              "Group '" + group + "' does not exist in version " + Timestamps.format(version)));
    }
    Set<AppId> then = new TreeSet<>();
    for (RunSpec spec : past.allAt(group, version)) {
      then.add(spec.id());
      boolean same =
          Optional.ofNullable(snapshot.specs().get(spec.id()))
              .filter(view -> view.spec().version().equals(spec.version()))
              .isPresent();
      if (!same) {
        wishes.add(new Wish.PutBack(spec));
      }
    }
    removeAll(
        snapshot.below(group).stream()
            .map(view -> view.spec().id())
            .filter(id -> !then.contains(id))
            .toList());
    Set<AppId> groupsThen = new TreeSet<>();
    List<GroupDefinition> said = new ArrayList<>(past.groupsAt(group, version));
    past.groupAt(group, version).ifPresent(said::add);
    for (GroupDefinition one : said) {
      groupsThen.add(one.id());
      wishes.add(new Wish.PutGroup(one));
    }
    removeGroups(
        AppId.below(snapshot.groups(), group).keySet().stream()
            .filter(id -> !groupsThen.contains(id))
            .toList());
  }

  private void requireGroup(AppId group) {
    if (!snapshot.isGroup(group)) {
      throw Answers.notFound("Group", group.path());
    }
  }

  private void removeAll(Collection<AppId> specs) {
    specs.forEach(id -> wishes.add(new Wish.Remove(id)));
  }

  private void removeGroups(Collection<AppId> groups) {
    groups.forEach(id -> wishes.add(new Wish.RemoveGroup(id)));
  }
}
