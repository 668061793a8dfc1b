package io.mesocosm.conformance.operator;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the operator API contract. */
public final class OperatorSections {
  static final String CONTRACT = "mesos-operator-api";

  private OperatorSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of(
        new CommonRows(),
        new MasterReadRows(),
        new MasterSettingRows(),
        new MasterResourceRows(),
        new MasterMaintenanceRows(),
        new ObjectRows(),
        new AgentReadRows(),
        new AgentContainerRows(),
        new AgentStreamRows(),
        new EventStreamRows(),
        new LegacyReadRows(),
        new LegacyWriteRows(),
        new StateRows(),
        new SummaryRows(),
        new LegacyAgentRows(),
        new MetricRows(),
        new FileRows(),
        new QuotaAndWeightRows(),
        new DrainRows(),
        new OperationMeaningRows(),
        new FlagRows());
  }
}
