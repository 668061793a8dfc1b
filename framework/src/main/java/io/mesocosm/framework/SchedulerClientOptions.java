package io.mesocosm.framework;

import io.mesocosm.protocol.MediaType;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkInfo;

/**
 * How a scheduler subscribes.
 *
 * @param masters base addresses, e.g. {@code http://10.0.0.1:5050}, tried in turn; a master that
 *     does not lead redirects
 * @param framework with the id of an earlier subscription, if there was one
 * @param suppressedRoles of the framework's roles, those that want no offers at first
 * @param retryMin the longest first wait between two tries; the wait is random and doubles
 * @param retryMax the longest wait
 * @param mediaType of everything sent and received
 */
public record SchedulerClientOptions(
    List<URI> masters,
    FrameworkInfo framework,
    List<String> suppressedRoles,
    Duration retryMin,
    Duration retryMax,
    MediaType mediaType) {
  public SchedulerClientOptions {
    if (masters.isEmpty()) {
      throw new IllegalArgumentException("masters must name at least one address");
    }
    masters = List.copyOf(masters);
    suppressedRoles = List.copyOf(suppressedRoles);
  }
}
