package io.mesocosm.allocator;

/** What an agent can cope with, as far as it decides whom it is offered to (E5). */
public enum AgentCapability {
  /** Frameworks with several roles may use it. */
  MULTI_ROLE,
  /** Roles below other roles may use it. */
  HIERARCHICAL_ROLE
}
