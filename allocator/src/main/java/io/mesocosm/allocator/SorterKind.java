package io.mesocosm.allocator;

/** How siblings are put in order (contracts/mesos-allocation.md S1). */
public enum SorterKind {
  /** Who has the smallest dominant share comes first (S2, S3). */
  DRF,
  /** By lot, weighted (S6). */
  RANDOM
}
