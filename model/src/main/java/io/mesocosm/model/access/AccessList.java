package io.mesocosm.model.access;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Mesos access control list (contracts/mesos-ha.md §10): of an action's rules, the first that
 * speaks of both subject and object decides; where none does, {@code permissive} does.
 */
public record AccessList(boolean permissive, SortedMap<Action, List<Rule>> rulesByAction)
    implements Authorizer {
  private static final String SUBTREE = "/%";

  /** Whom a rule speaks of, and of what. It allows what both sides say yes to. */
  public record Rule(Names principals, Names objects) {}

  public AccessList {
    SortedMap<Action, List<Rule>> copy = new TreeMap<>();
    rulesByAction.forEach((action, rules) -> copy.put(action, List.copyOf(rules)));
    rulesByAction = Collections.unmodifiableSortedMap(copy);
  }

  @Override
  public boolean allows(Optional<Principal> subject, Action action, Optional<String> object) {
    Optional<String> name = subject.flatMap(Principal::value);
    boolean roles = action.object() == Action.ObjectKind.ROLE;
    for (Rule rule : rulesByAction.getOrDefault(action, List.of())) {
      if (speaksOf(rule.principals(), name, false) && speaksOf(rule.objects(), object, roles)) {
        return saysYes(rule.principals()) && saysYes(rule.objects());
      }
    }
    return permissive;
  }

  /**
   * A list of values speaks of those values only: who has no name is in no list, and neither is
   * "all objects at once".
   */
  private static boolean speaksOf(Names names, Optional<String> requested, boolean roles) {
    return switch (names) {
      case Names.Any _, Names.Nobody _ -> true;
      case Names.Only only ->
          requested
              .filter(value -> only.values().contains(value) || (roles && isInSubtree(only, value)))
              .isPresent();
    };
  }

  /** Whether a value like {@code eng/%} covers the role: its descendants, not itself. */
  private static boolean isInSubtree(Names.Only only, String role) {
    return only.values().stream()
        .anyMatch(value ->
            value.endsWith(SUBTREE)
                && role.startsWith(value.substring(0, value.length() - 1))
                && role.length() > value.length() - 1);
  }

  private static boolean saysYes(Names names) {
    return switch (names) {
      case Names.Any _, Names.Only _ -> true;
      case Names.Nobody _ -> false;
    };
  }
}
