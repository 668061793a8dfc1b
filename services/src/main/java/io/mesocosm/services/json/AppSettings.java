package io.mesocosm.services.json;

import java.util.Optional;

/**
 * What the scheduler fills in where definitions say nothing.
 *
 * @param networkName of container networks without a name; absent if each must have one
 * @param bridgeName by which old definitions ask for the bridge network
 */
public record AppSettings(AppRoles roles, Optional<String> networkName, String bridgeName) {
  /** The settings of a scheduler that was told nothing but its role. */
  public static AppSettings of(String defaultRole) {
    return new AppSettings(AppRoles.unenforced(defaultRole), Optional.empty(), "mesos-bridge");
  }

  AppSettings withRoles(AppRoles others) {
    return new AppSettings(others, networkName, bridgeName);
  }
}
