package io.mesocosm.allocator;

/** What a framework says it can cope with, as far as it decides what it is offered (E3 to E7). */
public enum FrameworkCapability {
  /** Agents with gpus are offered to it. */
  GPU_RESOURCES,
  /** Shared volumes are offered to it. */
  SHARED_RESOURCES,
  /** Resources that may be taken back are offered to it. */
  REVOCABLE_RESOURCES,
  /** Agents in other regions than the master's are offered to it. */
  REGION_AWARE,
  /** Resources with more than one reservation are offered to it. */
  RESERVATION_REFINEMENT,
  /** It may have several roles, and is offered only agents that know of that. */
  MULTI_ROLE
}
