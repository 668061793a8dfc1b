package io.mesocosm.services.json;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Constraint.Operator;
import io.mesocosm.services.app.ValuePattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and checks placement constraints (contracts/marathon-api.md §6). */
final class ConstraintReader {
  private static final Pattern IS_VALUE = Pattern.compile("[a-zA-Z0-9_/.-]*");

  private ConstraintReader() {}

  static List<Constraint> read(Fields app) {
    List<List<String>> lists = app.listsOfTexts("constraints");
    List<Constraint> constraints = new ArrayList<>();
    for (int i = 0; i < lists.size(); i++) {
      String path = "/constraints(" + i + ")";
      constraint(lists.get(i), path, app.problems()).ifPresent(constraints::add);
    }
    return constraints;
  }

  /** Those of a persistent volume: on the path of its disk, by a regular expression. */
  static List<Constraint> readOfVolume(Fields persistent) {
    List<List<String>> lists = persistent.listsOfTexts("constraints");
    List<Constraint> constraints = new ArrayList<>();
    for (int i = 0; i < lists.size(); i++) {
      String path = persistent.pathOf("constraints") + "(" + i + ")";
      Optional<Constraint> read = constraint(lists.get(i), path, persistent.problems());
      read.ifPresent(constraint -> {
        persistent
            .problems()
            .ruleUnless(
                constraint.field().equals("path"),
                path,
                "got field " + constraint.field() + ", expected path");
        persistent
            .problems()
            .ruleUnless(
                constraint.operator() == Operator.LIKE || constraint.operator() == Operator.UNLIKE,
                path,
                "got operator " + constraint.operator() + ", expected LIKE or UNLIKE");
      });
      read.ifPresent(constraints::add);
    }
    return constraints;
  }

  private static Optional<Constraint> constraint(
      List<String> words, String path, Problems problems) {
    if (words.size() < 2 || words.size() > 3) {
      problems.brokenRule(path, "Each constraint must have either 2 or 3 fields");
      return Optional.empty();
    }
    Optional<Operator> operator =
        Arrays.stream(Operator.values()).filter(o -> o.name().equals(words.get(1))).findFirst();
    if (operator.isEmpty() || words.getFirst().isEmpty()) {
      problems.brokenRule(
          path,
          words.getFirst().isEmpty()
              ? "Missing field and operator"
              : "Constraint operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE,"
                  + " MAX_PER, UNLIKE or IS");
      return Optional.empty();
    }
    Optional<String> value = words.size() == 3 ? Optional.of(words.get(2)) : Optional.empty();
    // An empty value is how many clients write "no value".
    boolean emptyIsNone =
        switch (operator.get()) {
          case UNIQUE, CLUSTER, GROUP_BY, MAX_PER -> true;
          case LIKE, UNLIKE, IS -> false;
        };
    value = emptyIsNone ? value.filter(given -> !given.isEmpty()) : value;
    problem(operator.get(), value).ifPresent(problem -> problems.brokenRule(path, problem));
    return Optional.of(new Constraint(words.getFirst(), operator.get(), value));
  }

  private static Optional<String> problem(Operator operator, Optional<String> value) {
    return switch (operator) {
      case UNIQUE -> value.map(_ -> "Value specified but not used");
      case CLUSTER -> Optional.empty();
      case GROUP_BY ->
          value
              .filter(given -> !isPositive(given))
              .map(_ -> "Value was specified but is not a number");
      case MAX_PER ->
          value.filter(ConstraintReader::isPositive).isPresent()
              ? Optional.empty()
              : Optional.of("Value was not specified or is not a number");
      case LIKE, UNLIKE ->
          value.isEmpty()
              ? Optional.of("A regular expression value must be provided")
              : value.flatMap(ValuePattern::problem);
      case IS ->
          value.filter(given -> IS_VALUE.matcher(given).matches()).isPresent()
              ? Optional.empty()
              : Optional.of("IS needs a value of letters, digits and any of _ / . -, as in rack-1");
    };
  }

  private static boolean isPositive(String text) {
    return text.matches("[0-9]{1,9}") && Integer.parseInt(text) > 0;
  }
}
