package io.mesocosm.framework;

import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.MediaType;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkInfo;

/**
 * How a scheduler subscribes.
 *
 * @param locator says which masters to try; one that does not lead redirects
 * @param framework with the id of an earlier subscription, if there was one
 * @param suppressedRoles of the framework's roles, those that want no offers at first
 * @param retryMin at least 1 ms; the longest first wait between two tries: waits are random up to a
 *     bound, which doubles with every try that brings no subscription
 * @param retryMax where the bound stops growing
 * @param mediaType of everything sent and received
 * @param access shown to the master; its principal should be that of {@code framework}
 */
public record SchedulerClientOptions(
    MasterLocator locator,
    FrameworkInfo framework,
    List<String> suppressedRoles,
    Duration retryMin,
    Duration retryMax,
    MediaType mediaType,
    ClientAccess access) {
  public SchedulerClientOptions {
    if (!retryMin.isPositive() || retryMax.compareTo(retryMin) < 0) {
      throw new IllegalArgumentException(
          "the waits between two tries must be positive and in order, not "
              + retryMin
              + " to "
              + retryMax);
    }
    suppressedRoles = List.copyOf(suppressedRoles);
  }

  /** With masters that are always the same, tried in turn. */
  public SchedulerClientOptions(
      List<URI> masters,
      FrameworkInfo framework,
      List<String> suppressedRoles,
      Duration retryMin,
      Duration retryMax,
      MediaType mediaType,
      ClientAccess access) {
    this(
        MasterLocator.fixed(masters),
        framework,
        suppressedRoles,
        retryMin,
        retryMax,
        mediaType,
        access);
  }

  /** As above, without credentials. */
  public SchedulerClientOptions(
      List<URI> masters,
      FrameworkInfo framework,
      List<String> suppressedRoles,
      Duration retryMin,
      Duration retryMax,
      MediaType mediaType) {
    this(
        masters, framework, suppressedRoles, retryMin, retryMax, mediaType, ClientAccess.ANONYMOUS);
  }

  /** The same, showing this to the master. */
  public SchedulerClientOptions withAccess(ClientAccess shown) {
    return new SchedulerClientOptions(
        locator, framework, suppressedRoles, retryMin, retryMax, mediaType, shown);
  }
}
