package io.mesocosm.services.app;

import java.util.Optional;

/**
 * What is fetched into a sandbox before its task starts.
 *
 * @param extract whether an archive is unpacked
 * @param executable whether it may be run
 * @param cache whether the agent may keep a copy for others
 * @param destPath where it is put, relative to the sandbox; absent for its own name
 */
public record Artifact(
    String uri, boolean extract, boolean executable, boolean cache, Optional<String> destPath) {}
