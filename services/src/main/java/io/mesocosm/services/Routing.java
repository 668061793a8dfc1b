package io.mesocosm.services;

import io.mesocosm.services.RoutingView.Router;
import io.mesocosm.services.RoutingView.Told;
import io.mesocosm.services.RoutingView.Word;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Which routers there are, what they have said that they show, and which instances they are to let
 * go of before those are ended. Nothing of it is stored: with the next scheduler routers attach
 * anew, and drains begin anew.
 */
final class Routing {
  private PSortedMap<String, Router> routers = TreePMap.empty();
  private PSortedMap<InstanceId, Instant> drains = TreePMap.empty();

  RoutingView view() {
    return new RoutingView(routers, drains);
  }

  Optional<Router> router(String name) {
    return Optional.ofNullable(routers.get(name));
  }

  /** Whether every router, and there is one, has said that it shows the instance. */
  boolean isShown(Instance instance) {
    return view().isShown(instance);
  }

  /** Whether every router, and there is one, has let go of the instance since it drains. */
  boolean isLetGo(Instance instance) {
    return view().isLetGo(instance);
  }

  /** What the instance waits for, in words. */
  Optional<String> why(Instance instance) {
    return view().why(instance);
  }

  /**
   * A stream of the router was opened.
   *
   * @param assumed the instances that it is taken to show if it is a new one
   */
  void attached(String name, long stream, Collection<Instance> assumed, Instant now) {
    Router before = routers.get(name);
    SortedSet<Long> streams = new TreeSet<>(before == null ? List.of() : before.streams());
    streams.add(stream);
    if (before != null) {
      routers = routers.plus(name, before.with(streams, Optional.empty()));
      return;
    }
    PSortedMap<InstanceId, Word> words = TreePMap.empty();
    for (Instance instance : assumed) {
      words = words.plus(instance.id(), new Word(instance.attempt(), Told.ASSUMED));
    }
    routers = routers.plus(name, new Router(name, now, streams, Optional.empty(), words));
  }

  /**
   * A stream of the router has ended.
   *
   * @return true if it was the last one
   */
  boolean detached(String name, long stream, Instant now) {
    Router before = routers.get(name);
    if (before == null || !before.streams().contains(stream)) {
      return false;
    }
    SortedSet<Long> streams = new TreeSet<>(before.streams());
    streams.remove(stream);
    boolean last = streams.isEmpty();
    routers = routers.plus(name, before.with(streams, last ? Optional.of(now) : Optional.empty()));
    return last;
  }

  /**
   * The router had its time to come back.
   *
   * @return true if it did not, and counts no more
   */
  boolean leave(String name) {
    boolean gone = router(name).filter(router -> router.streams().isEmpty()).isPresent();
    routers = gone ? routers.minus(name) : routers;
    return gone;
  }

  void told(String name, Instance instance, boolean shown) {
    Router router = routers.get(name);
    if (router != null) {
      Word word = new Word(instance.attempt(), shown ? Told.SHOWN : Told.REMOVED);
      routers = routers.plus(name, router.with(router.words().plus(instance.id(), word)));
    }
  }

  boolean isDraining(InstanceId instance) {
    return drains.containsKey(instance);
  }

  Collection<InstanceId> draining() {
    return List.copyOf(drains.keySet());
  }

  /** What routers said before does not count: they may have shown the instance again since. */
  void drain(Instance instance, Instant endsBy) {
    drains = drains.plus(instance.id(), endsBy);
    for (Router router : List.copyOf(routers.values())) {
      if (router.told(instance).equals(Optional.of(Told.REMOVED))) {
        routers = routers.plus(router.name(), router.with(router.words().minus(instance.id())));
      }
    }
  }

  void drained(InstanceId instance) {
    drains = drains.minus(instance);
  }

  void forget(InstanceId instance) {
    drains = drains.minus(instance);
    for (Router router : List.copyOf(routers.values())) {
      if (router.words().containsKey(instance)) {
        routers = routers.plus(router.name(), router.with(router.words().minus(instance)));
      }
    }
  }
}
