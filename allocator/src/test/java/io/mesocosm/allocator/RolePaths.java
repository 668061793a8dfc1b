package io.mesocosm.allocator;

import java.util.ArrayList;
import java.util.List;

/** What lies above a role and below it. */
final class RolePaths {
  private RolePaths() {}

  static boolean isWithin(String ancestor, String role) {
    return role.equals(ancestor) || role.startsWith(ancestor + "/");
  }

  /** The role and all above it, the topmost first. */
  static List<String> pathsOf(String role) {
    List<String> paths = new ArrayList<>();
    for (int slash = role.indexOf('/'); slash >= 0; slash = role.indexOf('/', slash + 1)) {
      paths.add(role.substring(0, slash));
    }
    paths.add(role);
    return paths;
  }

  /** The same, and last the place where the role itself competes with those below it. */
  static List<String> branchesOf(String role) {
    List<String> branches = pathsOf(role);
    branches.add(role + "/.");
    return branches;
  }
}
