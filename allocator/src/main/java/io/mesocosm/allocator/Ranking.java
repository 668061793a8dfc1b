package io.mesocosm.allocator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Siblings in order. A change to one of them costs the logarithm of their number; only when the
 * totals change are all measured anew, and then not before the order is asked for.
 */
final class Ranking<S extends Standing> {
  private final SorterKind kind;
  private final Fairness fairness;
  private final RandomGenerator random;
  private final NavigableSet<S> members;
  private long version = -1;

  Ranking(SorterKind kind, Fairness fairness, RandomGenerator random) {
    this.kind = kind;
    this.fairness = fairness;
    this.random = random;
    this.members =
        new TreeSet<>(
            switch (kind) {
              case DRF -> Standing.ORDER;
              case RANDOM -> Comparator.comparing(Standing::name);
            });
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  void enter(S member) {
    if (!member.isRanked()) {
      member.measure(fairness);
      member.setRanked(true);
      members.add(member);
    }
  }

  void leave(S member) {
    if (member.isRanked()) {
      members.remove(member);
      member.setRanked(false);
    }
  }

  /** Changes what decides a member's place. */
  void change(S member, Runnable change) {
    if (!member.isRanked()) {
      change.run();
      return;
    }
    leave(member);
    change.run();
    enter(member);
  }

  /** Measures everybody anew if the totals changed. */
  void freshen() {
    if (version == fairness.version()) {
      return;
    }
    List<S> all = new ArrayList<>(members);
    members.clear();
    all.forEach(member -> member.measure(fairness));
    members.addAll(all);
    version = fairness.version();
  }

  /** In order; must not be changed until the caller is done. */
  Iterator<S> inOrder() {
    freshen();
    return switch (kind) {
      case DRF -> members.iterator();
      case RANDOM -> members.size() < 2 ? members.iterator() : new Lottery<>(members, random);
    };
  }

  /** Draws without putting back, by weight; costs a draw only when one is asked for (S6). */
  private static final class Lottery<S extends Standing> implements Iterator<S> {
    private final List<S> left;
    private final RandomGenerator random;
    private double weightLeft;

    Lottery(Iterable<S> members, RandomGenerator random) {
      this.left = new ArrayList<>();
      this.random = random;
      for (S member : members) {
        left.add(member);
        weightLeft += member.weight();
      }
    }

    @Override
    public boolean hasNext() {
      return !left.isEmpty();
    }

    @Override
    public S next() {
      double ticket = random.nextDouble() * weightLeft;
      int drawn = 0;
      while (drawn < left.size() - 1 && ticket >= left.get(drawn).weight()) {
        ticket -= left.get(drawn).weight();
        drawn++;
      }
      Collections.swap(left, drawn, left.size() - 1);
      S winner = left.removeLast();
      weightLeft -= winner.weight();
      return winner;
    }
  }
}
