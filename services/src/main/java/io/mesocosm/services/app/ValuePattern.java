package io.mesocosm.services.app;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Java's regular expressions, of users, against values of agents, in bounded time. Pure.
 *
 * <p>A short expression can keep Java's matcher busy for years. Time limits would let the same
 * offer fit on one day and not on another, so the bound is on the work. What is regular in the
 * strict sense is done by a {@link ValueAutomaton}, whose work cannot grow out of hand.
 * Look-around, back references and flags need Java's matcher: there the letters that it looks at
 * are counted, and as it can also go astray without looking at any, at the end of a value, there
 * may only be few places where it has a choice.
 */
public final class ValuePattern {
  /** Letters of an expression. */
  public static final int LENGTH_MAX = 1_000;

  private static final int VALUE_LENGTH_MAX = 1_000;
  private static final int LOOKS_MAX = 50_000;
  private static final int CHOICES_MAX = 20;
  private static final Pattern REPEATED_GROUP = Pattern.compile("[^\\]a-zA-Z.]\\{[0-9]");
  private static final Pattern FREE_SPACING = Pattern.compile("\\(\\?[a-zA-Z]*x");

  private ValuePattern() {}

  /** What came of a comparison. */
  public enum Outcome {
    MATCHES,
    DIFFERS,
    /** It would have taken more work than is worth it. */
    GIVEN_UP
  }

  /** Why an expression cannot be used, for the user who wrote it; nothing if it can. */
  public static Optional<String> problem(String expression) {
    if (expression.length() > LENGTH_MAX) {
      return Optional.of(
          "the regular expression has "
              + expression.length()
              + " letters, the limit is "
              + LENGTH_MAX);
    }
    try {
      Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      return Optional.of(
          "'" + expression + "' is not a valid regular expression: " + e.getDescription());
    }
    Optional<ValueSyntax> syntax = ValueSyntax.parse(expression);
    boolean tooMuch =
        syntax.isPresent()
            ? syntax.flatMap(ValueAutomaton::of).isEmpty()
            : choices(expression) > CHOICES_MAX
                || REPEATED_GROUP.matcher(expression).find()
                || FREE_SPACING.matcher(expression).find();
    return tooMuch
        ? Optional.of("'" + expression + "' takes too much work to compare: simplify it")
        : Optional.empty();
  }

  private static long choices(String expression) {
    return expression.chars().filter(letter -> "|*+?{".indexOf(letter) >= 0).count();
  }

  /**
   * Whether an expression describes the whole of a value.
   *
   * @param expression one without a {@link #problem}
   */
  public static Outcome compare(String expression, String value) {
    if (value.length() > VALUE_LENGTH_MAX) {
      return Outcome.GIVEN_UP;
    }
    Optional<ValueAutomaton> automaton =
        isPlain(value)
            ? ValueSyntax.parse(expression).flatMap(ValueAutomaton::of)
            : Optional.empty();
    if (automaton.isPresent()) {
      return automaton.get().describes(value) ? Outcome.MATCHES : Outcome.DIFFERS;
    }
    if (choices(expression) > CHOICES_MAX || REPEATED_GROUP.matcher(expression).find()) {
      return Outcome.GIVEN_UP;
    }
    try {
      return Pattern.compile(expression).matcher(new Counted(value, new int[1])).matches()
          ? Outcome.MATCHES
          : Outcome.DIFFERS;
    } catch (WorkExceededException e) {
      return Outcome.GIVEN_UP;
    }
  }

  /** Whether each char is a letter, and none ends a line: {@code $} stands before such ends too. */
  private static boolean isPlain(String value) {
    return value
        .chars()
        .noneMatch(letter ->
            Character.isSurrogate((char) letter) || "\n\r\u0085\u2028\u2029".indexOf(letter) >= 0);
  }

  /** Counts how often its letters are looked at. */
  private record Counted(String text, int[] looks) implements CharSequence {
    @Override
    public char charAt(int index) {
      looks[0]++;
      if (looks[0] > LOOKS_MAX) {
        throw new WorkExceededException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.substring(start, end), looks);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Leaves a comparison that takes too long; never leaves this class. */
  private static final class WorkExceededException extends RuntimeException {
    WorkExceededException() {
      super(null, null, false, false);
    }
  }
}
