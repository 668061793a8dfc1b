package io.mesocosm.master.api;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * What about a master never changes while it runs.
 *
 * @param version of the software, e.g. {@code 0.1.0}
 * @param started when it began; it leads from then on
 * @param flagTexts flags as given, by name
 */
public record MasterFacts(
    MasterInfo info,
    String version,
    Instant started,
    Optional<String> cluster,
    SortedMap<String, String> flagTexts) {}
