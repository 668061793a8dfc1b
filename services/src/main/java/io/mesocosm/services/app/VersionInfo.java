package io.mesocosm.services.app;

import java.time.Instant;

/**
 * When a definition last changed, and in what way.
 *
 * @param lastScalingAt the version that changed the number of instances, or more
 * @param lastConfigChangeAt the version that changed anything else
 */
public record VersionInfo(Instant lastScalingAt, Instant lastConfigChangeAt) {}
