package io.mesocosm.master;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Attribute;
import io.mesocosm.allocator.Domain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.mesos.v1.scheduler.Protos.AttributeConstraint;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;

/**
 * Which agents a framework wants to be offered in each of its roles
 * (contracts/mesos-scheduler-api.md §12), checked and compiled. Immutable.
 *
 * @param message as the framework gave it
 * @param byRole roles without an entry take any agent
 */
record ConstraintFilters(
    OfferConstraints message, SortedMap<String, Predicate<AgentTerms>> byRole) {
  static final ConstraintFilters NONE =
      new ConstraintFilters(OfferConstraints.getDefaultInstance(), new TreeMap<>());

  ConstraintFilters {
    byRole = Collections.unmodifiableSortedMap(new TreeMap<>(byRole));
  }

  /**
   * @param roles that the framework has
   * @param programSizeMax of a compiled regular expression
   * @param bytesMax of a regular expression's text
   * @throws IllegalArgumentException saying what is wrong with which role's constraints
   */
  static ConstraintFilters of(
      OfferConstraints message, SortedSet<String> roles, int programSizeMax, int bytesMax) {
    Compiler compiler = new Compiler(programSizeMax, bytesMax);
    SortedMap<String, Predicate<AgentTerms>> byRole = new TreeMap<>();
    new TreeMap<>(message.getRoleConstraintsMap())
        .forEach((role, constraints) -> {
          if (!roles.contains(role)) {
            throw new IllegalArgumentException(
                "Offer constraints specify role '"
                    + role
                    + "', to which the framework is not subscribed");
          }
          try {
            byRole.put(role, compiler.role(constraints));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "Offer constraints for role '" + role + "' are not valid: " + e.getMessage(), e);
          }
        });
    return new ConstraintFilters(message, byRole);
  }

  /** An attribute as a predicate finds it: there or not, and a text or not. */
  private record Found(Optional<String> text) {
    static final Found NO_TEXT = new Found(Optional.empty());
  }

  private record Compiler(int programSizeMax, int bytesMax) {
    Predicate<AgentTerms> role(OfferConstraints.RoleConstraints constraints) {
      if (constraints.getGroupsCount() == 0) {
        throw new IllegalArgumentException("'groups' must not be empty");
      }
      List<Predicate<AgentTerms>> alternatives = new ArrayList<>();
      for (OfferConstraints.RoleConstraints.Group group : constraints.getGroupsList()) {
        if (group.getAttributeConstraintsCount() == 0) {
          throw new IllegalArgumentException("'attribute_constraints' must not be empty");
        }
        List<Predicate<AgentTerms>> all = new ArrayList<>();
        group.getAttributeConstraintsList().forEach(constraint -> all.add(one(constraint)));
        alternatives.add(agent -> all.stream().allMatch(each -> each.test(agent)));
      }
      return agent -> alternatives.stream().anyMatch(each -> each.test(agent));
    }

    private Predicate<AgentTerms> one(AttributeConstraint constraint) {
      Function<AgentTerms, Optional<Found>> selector = selector(constraint.getSelector());
      Predicate<Optional<Found>> predicate = predicate(constraint.getPredicate());
      return agent -> predicate.test(selector.apply(agent));
    }

    private static Function<AgentTerms, Optional<Found>> selector(
        AttributeConstraint.Selector selector) {
      return switch (selector.getSelectorCase()) {
        case ATTRIBUTE_NAME -> agent -> attribute(agent, selector.getAttributeName());
        case PSEUDOATTRIBUTE_TYPE ->
            switch (selector.getPseudoattributeType()) {
              case HOSTNAME -> agent -> Optional.of(text(agent.hostname()));
              case REGION -> agent -> agent.domain().map(Domain::region).map(Compiler::text);
              case ZONE -> agent -> agent.domain().map(Domain::zone).map(Compiler::text);
              case UNKNOWN ->
                  throw new IllegalArgumentException("Unknown pseudoattribute type in 'selector'");
            };
        case SELECTOR_NOT_SET ->
            throw new IllegalArgumentException(
                "Exactly one of 'attribute_name' or 'pseudoattribute_type' must be set in"
                    + " 'selector'");
      };
    }

    /** The first of that name (OC8). */
    private static Optional<Found> attribute(AgentTerms agent, String name) {
      for (Attribute attribute : agent.attributes()) {
        if (attribute.name().equals(name)) {
          return Optional.of(
              attribute.value() instanceof Attribute.Text(String value)
                  ? text(value)
                  : Found.NO_TEXT);
        }
      }
      return Optional.empty();
    }

    private static Found text(String text) {
      return new Found(Optional.of(text));
    }

    private Predicate<Optional<Found>> predicate(AttributeConstraint.Predicate predicate) {
      return switch (predicate.getPredicateCase()) {
        case EXISTS -> Optional::isPresent;
        case NOT_EXISTS -> Optional::isEmpty;
        case TEXT_EQUALS -> ifThere(predicate.getTextEquals().getValue()::equals);
        case TEXT_NOT_EQUALS ->
            ifThere(predicate.getTextNotEquals().getValue()::equals)
                .negate()
                .or(Compiler::isNoText);
        case TEXT_MATCHES -> ifThere(pattern(predicate.getTextMatches().getRegex())::matches);
        case TEXT_NOT_MATCHES ->
            ifThere(pattern(predicate.getTextNotMatches().getRegex())::matches)
                .negate()
                .or(Compiler::isNoText);
        case PREDICATE_NOT_SET ->
            throw new IllegalArgumentException("'predicate' must be set, to one that is known");
      };
    }

    /** False if it is not there, true if it is no text (OC4, OC5). */
    private static Predicate<Optional<Found>> ifThere(Predicate<String> text) {
      return found -> found.isPresent() && found.get().text().map(text::test).orElse(true);
    }

    private static boolean isNoText(Optional<Found> found) {
      return found.filter(Found.NO_TEXT::equals).isPresent();
    }

    private Pattern pattern(String regex) {
      if (regex.getBytes(StandardCharsets.UTF_8).length > bytesMax) {
        throw new IllegalArgumentException(
            "a regular expression is longer than "
                + bytesMax
                + " bytes: see --offer_constraints_re2_max_mem");
      }
      Pattern pattern;
      try {
        pattern = Pattern.compile(regex);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "regular expression '" + regex + "': " + e.getDescription(), e);
      }
      if (pattern.programSize() > programSizeMax) {
        throw new IllegalArgumentException(
            "regular expression '"
                + regex
                + "' has a program of size "
                + pattern.programSize()
                + ", more than "
                + programSizeMax
                + ": see --offer_constraints_re2_max_program_size");
      }
      return pattern;
    }
  }
}
