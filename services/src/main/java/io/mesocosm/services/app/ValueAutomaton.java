package io.mesocosm.services.app;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A regular expression as an automaton that is in many states at once (Thompson 1968): a value of n
 * letters takes at most n times as many steps as there are states, however the expression is built.
 */
final class ValueAutomaton {
  private static final int EXPANSIONS_MAX = 5_000;

  private final List<State> states = new ArrayList<>();
  private int expansions;

  private ValueAutomaton() {}

  /** Where to go from a state, by its index. */
  private sealed interface State {
    /** On a letter that it takes. */
    record Letter(Predicate<String> takes, int next) implements State {}

    /** On nothing, to both. */
    record Fork(int left, int right) implements State {}

    /** On nothing, if this is the place. */
    record Anchor(boolean atStart, int next) implements State {}

    /** Nowhere: what led here is described by the expression. */
    record End() implements State {}
  }

  /** Nothing if its repetitions make it too large. */
  static Optional<ValueAutomaton> of(ValueSyntax expression) {
    ValueAutomaton automaton = new ValueAutomaton();
    int end = automaton.add(new State.End());
    int start = automaton.expand(expression, end);
    if (automaton.expansions > EXPANSIONS_MAX) {
      return Optional.empty();
    }
    automaton.add(new State.Fork(start, start));
    return Optional.of(automaton);
  }

  private int add(State state) {
    states.add(state);
    return states.size() - 1;
  }

  /**
   * Adds the states of an expression before those that follow it.
   *
   * @return the first of them
   */
  private int expand(ValueSyntax expression, int next) {
    expansions++;
    if (expansions > EXPANSIONS_MAX) {
      return next;
    }
    return switch (expression) {
      case ValueSyntax.Letter(Predicate<String> takes) -> add(new State.Letter(takes, next));
      case ValueSyntax.Anchor(boolean atStart) -> add(new State.Anchor(atStart, next));
      case ValueSyntax.Sequence(List<ValueSyntax> parts) -> {
        int first = next;
        for (ValueSyntax part : parts.reversed()) {
          first = expand(part, first);
        }
        yield first;
      }
      case ValueSyntax.Choice(List<ValueSyntax> branches) -> {
        int first = expand(branches.getFirst(), next);
        for (ValueSyntax branch : branches.subList(1, branches.size())) {
          first = add(new State.Fork(first, expand(branch, next)));
        }
        yield first;
      }
      case ValueSyntax.Repeat repeat -> expand(repeat, next);
    };
  }

  private int expand(ValueSyntax.Repeat repeat, int next) {
    int first = next;
    if (repeat.max() == ValueSyntax.Repeat.UNBOUNDED) {
      // The loop leads back to a fork whose body is not there yet.
      int loop = add(new State.Fork(next, next));
      int body = expand(repeat.part(), loop);
      states.set(loop, new State.Fork(body, next));
      first = loop;
    } else {
      for (int i = repeat.min(); i < repeat.max() && expansions <= EXPANSIONS_MAX; i++) {
        first = add(new State.Fork(expand(repeat.part(), first), next));
      }
    }
    for (int i = 0; i < repeat.min() && expansions <= EXPANSIONS_MAX; i++) {
      first = expand(repeat.part(), first);
    }
    return first;
  }

  /** Whether it describes the whole of a value. */
  boolean describes(String value) {
    boolean[] here = new boolean[states.size()];
    enter(states.size() - 1, 0, value.length(), here);
    for (int i = 0; i < value.length(); i++) {
      String letter = value.substring(i, i + 1);
      boolean[] there = new boolean[states.size()];
      for (int s = 0; s < here.length; s++) {
        if (here[s]
            && states.get(s) instanceof State.Letter(Predicate<String> takes, int next)
            && !there[next]
            && takes.test(letter)) {
          enter(next, i + 1, value.length(), there);
        }
      }
      here = there;
    }
    return here[0];
  }

  /** Enters a state and all that can be reached from it on nothing. */
  private void enter(int state, int position, int length, boolean[] entered) {
    Deque<Integer> open = new ArrayDeque<>(List.of(state));
    while (!open.isEmpty()) {
      int current = open.pop();
      if (entered[current]) {
        continue;
      }
      entered[current] = true;
      switch (states.get(current)) {
        case State.Fork(int left, int right) -> {
          open.push(right);
          open.push(left);
        }
        case State.Anchor(boolean atStart, int next) -> {
          if (position == (atStart ? 0 : length)) {
            open.push(next);
          }
        }
        case State.Letter _, State.End _ -> {
          // waits for a letter, or has come to its end
        }
      }
    }
  }
}
