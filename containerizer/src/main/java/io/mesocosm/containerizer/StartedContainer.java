package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A container that runs.
 *
 * @param pid of its first process on the host, where known
 * @param ipAddress its own address; absent when it shares the host's network
 * @param inspection of Docker containers, the JSON array text of {@code docker inspect}
 */
public record StartedContainer(
    ContainerId id, OptionalLong pid, Optional<String> ipAddress, Optional<String> inspection) {}
