package io.mesocosm.services.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a regular expression is made of, as far as an automaton can follow it. */
sealed interface ValueSyntax {
  /** One letter out of a class; the class itself is Java's. */
  record Letter(Predicate<String> takes) implements ValueSyntax {}

  /** The beginning or the end of a value. */
  record Anchor(boolean atStart) implements ValueSyntax {}

  record Sequence(List<ValueSyntax> parts) implements ValueSyntax {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** Never empty. */
  record Choice(List<ValueSyntax> branches) implements ValueSyntax {
    public Choice {
      branches = List.copyOf(branches);
    }
  }

  /**
   * @param max {@link #UNBOUNDED} for none
   */
  record Repeat(ValueSyntax part, int min, int max) implements ValueSyntax {
    static final int UNBOUNDED = -1;
  }

  /**
   * Reads an expression that Java's compiler accepts; nothing if it has parts that look around or
   * back, flags, or rarer ways to write letters.
   */
  static Optional<ValueSyntax> parse(String expression) {
    try {
      Parser parser = new Parser(expression);
      ValueSyntax whole = parser.choice();
      return parser.isAtEnd() ? Optional.of(whole) : Optional.empty();
    } catch (UnfollowableException e) {
      return Optional.empty();
    }
  }

  /** Descends through an expression. One thread. */
  final class Parser {
    private static final String CLASSES = "dDwWsShHvVtnrfae";

    private final String text;
    private int position;

    Parser(String text) {
      this.text = text;
    }

    boolean isAtEnd() {
      return position == text.length();
    }

    private boolean isNext(String token) {
      return text.startsWith(token, position);
    }

    private boolean skip(String token) {
      boolean found = isNext(token);
      position += found ? token.length() : 0;
      return found;
    }

    private char letter() {
      if (isAtEnd()) {
        throw new UnfollowableException();
      }
      char letter = text.charAt(position);
      if (Character.isSurrogate(letter)) {
        throw new UnfollowableException();
      }
      position++;
      return letter;
    }

    ValueSyntax choice() {
      List<ValueSyntax> branches = new ArrayList<>();
      do {
        branches.add(sequence());
      } while (skip("|"));
      return branches.size() == 1 ? branches.getFirst() : new Choice(branches);
    }

    private ValueSyntax sequence() {
      List<ValueSyntax> parts = new ArrayList<>();
      while (!isAtEnd() && !isNext("|") && !isNext(")")) {
        parts.add(repeated(atom()));
      }
      return new Sequence(parts);
    }

    private ValueSyntax atom() {
      char letter = letter();
      return switch (letter) {
        case '(' -> group();
        case '[' -> letterClass();
        case '.' -> ofJava(".");
        case '^' -> new Anchor(true);
        case '$' -> new Anchor(false);
        case '\\' -> escaped();
        case '*', '+', '?', '{' -> throw new UnfollowableException();
        default -> literal(letter);
      };
    }

    private ValueSyntax group() {
      if (isNext("?") && !skip("?:")) {
        throw new UnfollowableException();
      }
      ValueSyntax inside = choice();
      if (!skip(")")) {
        throw new UnfollowableException();
      }
      return inside;
    }

    private ValueSyntax escaped() {
      char letter = letter();
      if (letter == 'p' || letter == 'P') {
        int end = isNext("{") ? text.indexOf('}', position) + 1 : position + 1;
        String name = text.substring(position, Math.max(position, Math.min(end, text.length())));
        position += name.length();
        return ofJava("\\" + letter + name);
      }
      if (CLASSES.indexOf(letter) >= 0) {
        return ofJava("\\" + letter);
      }
      if (Character.isLetterOrDigit(letter)) {
        throw new UnfollowableException();
      }
      return literal(letter);
    }

    /** Up to the bracket that closes it; those within may hold others. */
    private ValueSyntax letterClass() {
      int start = position - 1;
      skip("^");
      if (isNext("]")) {
        throw new UnfollowableException();
      }
      int depth = 1;
      while (depth > 0) {
        switch (letter()) {
          case '\\' -> {
            if ("QxuN0cp".indexOf(letter()) >= 0) {
              throw new UnfollowableException();
            }
          }
          case '[' -> depth++;
          case ']' -> depth--;
          default -> {
            // belongs to the class
          }
        }
      }
      return ofJava(text.substring(start, position));
    }

    private ValueSyntax repeated(ValueSyntax part) {
      ValueSyntax repeat;
      if (skip("*")) {
        repeat = new Repeat(part, 0, Repeat.UNBOUNDED);
      } else if (skip("+")) {
        repeat = new Repeat(part, 1, Repeat.UNBOUNDED);
      } else if (skip("?")) {
        repeat = new Repeat(part, 0, 1);
      } else if (skip("{")) {
        repeat = counted(part);
      } else {
        return part;
      }
      // Reluctance decides what a group holds, not what is described; possession does decide.
      skip("?");
      if (isNext("+") || isNext("*") || isNext("?") || isNext("{")) {
        throw new UnfollowableException();
      }
      return repeat;
    }

    private ValueSyntax counted(ValueSyntax part) {
      int min = number();
      int max = min;
      if (skip(",")) {
        max = isNext("}") ? Repeat.UNBOUNDED : number();
      }
      if (!skip("}")) {
        throw new UnfollowableException();
      }
      return new Repeat(part, min, max);
    }

    private int number() {
      int start = position;
      while (!isAtEnd() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
        position++;
      }
      if (position == start || position - start > 9) {
        throw new UnfollowableException();
      }
      return Integer.parseInt(text.substring(start, position));
    }

    private static ValueSyntax ofJava(String letters) {
      return new Letter(Pattern.compile(letters).asMatchPredicate());
    }

    private static ValueSyntax literal(char letter) {
      return new Letter(String.valueOf(letter)::equals);
    }
  }

  /** Leaves the parser where an automaton cannot follow; never leaves this type. */
  final class UnfollowableException extends RuntimeException {
    UnfollowableException() {
      super(null, null, false, false);
    }
  }
}
