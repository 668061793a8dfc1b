package io.mesocosm.master;

import io.mesocosm.model.Identifiers;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.OfferFilters;

/**
 * What a framework must be like to be let in (contracts/mesos-scheduler-api.md S8 to S15). Pure.
 */
final class FrameworkRules {
  private static final double FAILOVER_SECONDS_MAX = Long.MAX_VALUE / 1e9;

  private final MasterConfig config;

  FrameworkRules(MasterConfig config) {
    this.config = config;
  }

  /** What is wrong with it, if anything. */
  Optional<String> problem(FrameworkInfo info, SortedSet<String> suppressed) {
    String id = info.getId().getValue();
    if (!id.isEmpty() && Identifiers.problem(id).isPresent()) {
      return Optional.of("Invalid FrameworkID: " + Identifiers.problem(id).get());
    }
    if (info.getUser().equals("root") && !config.rootSubmissions()) {
      return Optional.of("User 'root' is not allowed to run frameworks without root submissions");
    }
    double timeout = info.getFailoverTimeout();
    if (!Double.isFinite(timeout) || timeout < 0 || timeout > FAILOVER_SECONDS_MAX) {
      return Optional.of(
          "The framework failover_timeout ("
              + timeout
              + ") is invalid: give seconds from 0 to "
              + (long) FAILOVER_SECONDS_MAX);
    }
    return roles(info, suppressed).or(() -> offerFilters(info));
  }

  // The single role is deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  private Optional<String> roles(FrameworkInfo info, SortedSet<String> suppressed) {
    boolean multiRole =
        info.getCapabilitiesList().stream()
            .anyMatch(own -> own.getType() == Capability.Type.MULTI_ROLE);
    if (multiRole && info.hasRole()) {
      return Optional.of(
          "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable");
    }
    if (!multiRole && info.getRolesCount() > 0) {
      return Optional.of(
          "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable");
    }
    List<String> named = multiRole ? info.getRolesList() : List.of(info.getRole());
    List<String> seen = new ArrayList<>();
    for (String role : named) {
      Optional<String> problem = Roles.problem(role);
      if (problem.isPresent()) {
        return problem;
      }
      if (seen.contains(role)) {
        return Optional.of("'FrameworkInfo.roles' contains duplicate items: " + role);
      }
      if (config.roles().filter(allowed -> !allowed.contains(role)).isPresent()
          && !role.equals("*")) {
        return Optional.of(
            "Role '" + role + "' is not present in the master's --roles: ask for it to be added");
      }
      seen.add(role);
    }
    return named.containsAll(suppressed)
        ? Optional.empty()
        : Optional.of(
            "Suppressed roles " + suppressed + " are not contained in the set of roles " + named);
  }

  /** S14. */
  private static Optional<String> offerFilters(FrameworkInfo info) {
    for (var filters : info.getOfferFiltersMap().entrySet()) {
      Optional<String> problem = Roles.problem(filters.getKey());
      if (problem.isPresent()) {
        return Optional.of("Invalid 'FrameworkInfo.offer_filters': " + problem.get());
      }
      for (OfferFilters.ResourceQuantities quantities :
          filters.getValue().getMinAllocatableResources().getQuantitiesList()) {
        if (quantities.getQuantitiesMap().isEmpty()) {
          return invalid(filters.getKey(), "resource quantities must not be empty");
        }
        for (var quantity : quantities.getQuantitiesMap().entrySet()) {
          double amount = quantity.getValue().getValue();
          if (!Double.isFinite(amount) || amount < 0 || amount > Scalar.AMOUNT_MAX) {
            return invalid(
                filters.getKey(),
                "the quantity of "
                    + quantity.getKey()
                    + " is "
                    + amount
                    + ": give a finite number that is not negative");
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> invalid(String role, String problem) {
    return Optional.of(
        "Invalid 'min_allocatable_resources' in 'FrameworkInfo.offer_filters' of role '"
            + role
            + "': "
            + problem);
  }
}
