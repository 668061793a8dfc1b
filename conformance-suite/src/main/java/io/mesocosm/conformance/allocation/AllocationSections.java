package io.mesocosm.conformance.allocation;

import io.mesocosm.conformance.RowTests;
import java.util.List;

/** The sections of the allocation contract. */
public final class AllocationSections {
  static final String CONTRACT = "mesos-allocation";

  private AllocationSections() {}

  /** All of them, in the order of the page. */
  public static List<RowTests> all() {
    return List.of(
        new CycleRows(),
        new FilterRows(),
        new SortingRows(),
        new QuotaRows(),
        new ReservationRows(),
        new VolumeRows(),
        new ResourceRows(),
        new AttributeRows());
  }
}
