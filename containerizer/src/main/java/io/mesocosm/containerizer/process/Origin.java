package io.mesocosm.containerizer.process;

import io.mesocosm.model.ContainerId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a container's processes start from.
 *
 * @param environment all of it
 * @param account absent if they run as the agent's own user
 */
record Origin(
    ContainerId id,
    Path sandbox,
    SortedMap<String, String> environment,
    Optional<Account> account) {
  Origin {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }
}
