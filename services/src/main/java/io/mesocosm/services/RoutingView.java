package io.mesocosm.services;

import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pcollections.PSortedMap;

/**
 * The routers, and what each has said that it shows; deeply immutable. A router is whatever sends
 * requests to instances, and says so with the name that it listens to events with.
 *
 * @param routers those attached, and those that detached a short while ago; by name
 * @param drains the instances that are to end when no router shows them any more, and when at the
 *     latest
 */
public record RoutingView(
    PSortedMap<String, Router> routers, PSortedMap<InstanceId, Instant> drains) {
  /** What a router was last heard to do about an instance. */
  public enum Told {
    /** It sends requests there. */
    SHOWN,
    /** It is taken to, since the instance was there when it came, and nothing was going on. */
    ASSUMED,
    /** It sends none any more. */
    REMOVED
  }

  /**
   * @param attempt of the instance that was meant
   */
  public record Word(int attempt, Told told) {}

  /**
   * One or more listeners of the same name.
   *
   * @param since when the first of them came
   * @param streams the ids of their streams
   * @param detachedAt present when there is none left
   */
  public record Router(
      String name,
      Instant since,
      SortedSet<Long> streams,
      Optional<Instant> detachedAt,
      PSortedMap<InstanceId, Word> words) {
    public Router {
      streams = Collections.unmodifiableSortedSet(new TreeSet<>(streams));
    }

    Optional<Told> told(Instance instance) {
      return Optional.ofNullable(words.get(instance.id()))
          .filter(word -> word.attempt() == instance.attempt())
          .map(Word::told);
    }

    boolean shows(Instance instance) {
      return told(instance).filter(told -> told != Told.REMOVED).isPresent();
    }

    Router with(PSortedMap<InstanceId, Word> changed) {
      return new Router(name, since, streams, detachedAt, changed);
    }

    Router with(SortedSet<Long> changed, Optional<Instant> detached) {
      return new Router(name, since, changed, detached, words);
    }
  }

  /** Whether there is a router, and every one shows the instance. */
  boolean isShown(Instance instance) {
    return !routers.isEmpty()
        && routers.values().stream().allMatch(router -> router.shows(instance));
  }

  /** Whether there is a router, and every one has let go of the instance. */
  boolean isLetGo(Instance instance) {
    return !routers.isEmpty()
        && routers.values().stream()
            .allMatch(router -> router.told(instance).equals(Optional.of(Told.REMOVED)));
  }

  /**
   * What the instance, whose app or pod waits for routing, waits for: to be shown while it is
   * wanted, to be let go of when it is not. Nothing if that is done.
   */
  public Optional<String> why(Instance instance) {
    if (instance.wanted()) {
      if (routers.isEmpty()) {
        return Optional.of(
            "waits for a router to show "
                + instance.taskId()
                + ": none is attached: a router attaches by GET /v2/events?router=NAME, or set"
                + " upgradeStrategy.waitForRouting to false");
      }
      return why(instance, "show", routers.values().stream().filter(r -> !r.shows(instance)));
    }
    Optional<Instant> endsBy = Optional.ofNullable(drains.get(instance.id()));
    if (endsBy.isEmpty()) {
      return Optional.empty();
    }
    String until = ", until " + endsBy.get() + " at the latest";
    return why(
            instance,
            "let go of",
            routers.values().stream()
                .filter(router -> !router.told(instance).equals(Optional.of(Told.REMOVED))))
        .or(() -> Optional.of("drains " + instance.taskId() + ", with no router attached"))
        .map(text -> text + until);
  }

  private static Optional<String> why(Instance instance, String act, Stream<Router> missing) {
    List<String> names = missing.map(RoutingView::name).toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "waits for "
                + (names.size() == 1 ? "router " : "routers ")
                + String.join(", ", names)
                + " to "
                + act
                + " "
                + instance.taskId());
  }

  private static String name(Router router) {
    return router.detachedAt().isEmpty() ? router.name() : router.name() + " (detached)";
  }

  /** All of them, by name. */
  public Collection<Router> all() {
    return routers.values();
  }

  /** The router of that name. */
  public Optional<Router> router(String name) {
    return Optional.ofNullable(routers.get(name));
  }
}
