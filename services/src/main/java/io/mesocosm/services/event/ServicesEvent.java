package io.mesocosm.services.event;

import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Instant;

/**
 * What is published: what the core announces, what the API was asked to do, and who listens
 * (contracts/marathon-api.md §8). How each is shown is for {@link EventWriter} to say.
 */
public sealed interface ServicesEvent {

  /** What the core announced. */
  record Noticed(ServicesNotice notice) implements ServicesEvent {}

  /**
   * An app was created or changed by a request.
   *
   * @param clientIp as text, without the port
   * @param uri path of the request, without the query
   * @param app as it is asked to be now
   */
  record AppPosted(String clientIp, String uri, AppDefinition app) implements ServicesEvent {}

  /** A pod was created, changed or deleted by a request (contracts/marathon-pods.md §8). */
  record PodPosted(PodAct act, String clientIp, String uri) implements ServicesEvent {}

  /** What was done to a pod. */
  enum PodAct {
    CREATED,
    UPDATED,
    DELETED
  }

  /** A group was changed in a way that the core does not announce. */
  record GroupChanged(AppId group, Instant version) implements ServicesEvent {}

  /** A change of a group, or of an app in it, was refused. */
  record GroupChangeFailed(AppId group, Instant version, String reason) implements ServicesEvent {}

  /**
   * An executor sent something.
   *
   * @param message its bytes, as text
   */
  record FrameworkMessage(String executorId, String agentId, String message)
      implements ServicesEvent {}

  /** Somebody began to listen. Published by the streams themselves. */
  record StreamAttached(String remoteAddress) implements ServicesEvent {}

  /** Somebody listens no more. Published by the streams themselves. */
  record StreamDetached(String remoteAddress) implements ServicesEvent {}
}
