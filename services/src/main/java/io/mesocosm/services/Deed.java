package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.OfferedAgent;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer;

/** What is done once a store is durable, and not before. */
sealed interface Deed {
  /** Nothing waits for the store. */
  record Nothing() implements Deed {}

  /**
   * Begin a deployment and answer its request.
   *
   * @param request absent if nobody asked for it
   * @param specs the definitions that it brings
   * @param wishes what was asked for, of groups only
   * @param cancelled the deployments that it takes the place of
   * @param named the instances that are to end first
   */
  record BeginDeployment(
      Optional<Asked> request,
      Deployment deployment,
      List<RunSpec> specs,
      List<Wish> wishes,
      List<DeploymentId> cancelled,
      List<InstanceId> named)
      implements Deed {
    public BeginDeployment {
      specs = List.copyOf(specs);
      wishes = List.copyOf(wishes);
      cancelled = List.copyOf(cancelled);
      named = List.copyOf(named);
    }
  }

  /** A request that is to be answered, and what is to be remembered of it. */
  record Asked(long request, Optional<GivenAnswer> answer) {}

  /** Forget a deployment that was stopped by force, and answer its request. */
  record CancelDeployment(long request, DeploymentId deployment) implements Deed {}

  /** Answer what had to wait until the store holds again what it should. */
  record TellFailures(List<ServicesEffect.Answer> answers) implements Deed {}

  /** Accept the offer for the instances. */
  record Launch(OfferedAgent offer, List<Planned> planned, boolean moreWanted) implements Deed {}

  /**
   * @param operations what launches it, and what must come before that
   */
  record Planned(InstanceId instance, AppId app, List<Offer.Operation> operations) {}

  /** Look for what an instance, which is forgotten now, has left behind. */
  record FreeReservation() implements Deed {}

  /** Begin to use offers: a crash does not make another framework of us any more. */
  record AdoptFramework(String frameworkId) implements Deed {}
}
