package io.mesocosm.master;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;

/** Names of roles (contracts/mesos-scheduler-api.md §14), and which of them a framework has. */
final class Roles {
  private Roles() {}

  // The single role is deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  static SortedSet<String> of(FrameworkInfo info) {
    boolean multiRole =
        info.getCapabilitiesList().stream()
            .anyMatch(own -> own.getType() == Capability.Type.MULTI_ROLE);
    SortedSet<String> roles = new TreeSet<>();
    if (multiRole) {
      roles.addAll(info.getRolesList());
    } else {
      roles.add(info.getRole());
    }
    return roles;
  }

  /** What is wrong with a name, if anything. */
  static Optional<String> problem(String role) {
    if (role.equals("*")) {
      return Optional.empty();
    }
    if (role.isEmpty()) {
      return Optional.of("Empty role name is invalid");
    }
    for (String component : role.split("/", -1)) {
      if (component.isEmpty()) {
        return Optional.of(
            "Role '"
                + role
                + "' cannot start with a slash, end with one, or contain two adjacent ones");
      }
      if (component.equals(".") || component.equals("..") || component.equals("*")) {
        return Optional.of("Role '" + role + "' cannot include '" + component + "' as a component");
      }
      if (component.startsWith("-")) {
        return Optional.of(
            "Role component '" + component + "' is invalid because it begins with a dash");
      }
      if (component.chars().anyMatch(c -> c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x7f)) {
        return Optional.of(
            "Role component '"
                + component.strip()
                + "' is invalid because it contains backspace or whitespace characters");
      }
    }
    return Optional.empty();
  }
}
