package io.mesocosm.master.api;

import io.mesocosm.model.access.Authorizer;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * What about a master never changes while it leads, or while it does not.
 *
 * @param version of the software, e.g. {@code 0.1.0}
 * @param started when it began
 * @param elected since when it leads, if it does
 * @param authorizer decides who may see what
 * @param frameworkMetrics whether there are metrics of each framework
 * @param flagTexts flags as given, by name
 */
public record MasterFacts(
    MasterInfo info,
    String version,
    Instant started,
    Optional<Instant> elected,
    Optional<String> cluster,
    Authorizer authorizer,
    boolean frameworkMetrics,
    SortedMap<String, String> flagTexts) {}
