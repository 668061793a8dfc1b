package io.mesocosm.conformance.scheduler;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the scheduler contract. */
public final class SchedulerSections {
  static final String CONTRACT = "mesos-scheduler-api";

  private SchedulerSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of(
        new TransportRows(),
        new StatusCodeRows(),
        new SubscribeRows(),
        new FrameworkInfoRows(),
        new CallRows(),
        new OfferRows(),
        new InverseOfferRows(),
        new OperationRows(),
        new TaskValidationRows(),
        new KillRows(),
        new StatusUpdateRows(),
        new SituationRows(),
        new ReconciliationRows(),
        new OperationFeedbackRows(),
        new OfferConstraintRows(),
        new EventRows(),
        new RoleNameRows());
  }
}
