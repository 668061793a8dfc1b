package io.mesocosm.allocator;

/** The failure domain that a machine is in (contracts/mesos-allocation.md E4). */
public record Domain(String region, String zone) {
  public Domain {
    if (region.isEmpty() || zone.isEmpty()) {
      throw new IllegalArgumentException(
          "domain '" + region + "/" + zone + "' must name both a region and a zone");
    }
  }
}
