package io.mesocosm.services;

import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.OfferedAgent;
import java.util.List;
import java.util.OptionalLong;
import org.apache.mesos.v1.Protos.TaskInfo;

/** What is done once a store is durable, and not before. */
sealed interface Deed {
  /** Nothing waits for the store. */
  record Nothing() implements Deed {}

  /**
   * Begin a deployment and answer its request.
   *
   * @param cancelled the deployments that it takes the place of
   * @param named the instances that are to end first
   */
  record BeginDeployment(
      OptionalLong request,
      Deployment deployment,
      List<DeploymentId> cancelled,
      List<InstanceId> named)
      implements Deed {}

  /** Forget a deployment that was stopped by force, and answer its request. */
  record CancelDeployment(long request, DeploymentId deployment) implements Deed {}

  /** Accept the offer for the tasks. */
  record Launch(OfferedAgent offer, List<Planned> planned, boolean moreWanted) implements Deed {}

  record Planned(InstanceId instance, TaskInfo task) {}

  /** Begin to use offers: a crash does not make another framework of us any more. */
  record AdoptFramework(String frameworkId) implements Deed {}
}
