package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resources;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the allocator is to know of an agent.
 *
 * @param hostname what the whitelist names it by
 * @param total all its resources, oversubscribed ones too (X2), allocated to nobody
 * @param attributes in the agent's order; they matter to constraints only
 * @param domain absent if the agent says nothing: it then counts as local (E4)
 */
public record AgentTerms(
    String hostname,
    Resources total,
    List<Attribute> attributes,
    Optional<Domain> domain,
    Set<AgentCapability> capabilities) {
  public AgentTerms {
    attributes = List.copyOf(attributes);
    EnumSet<AgentCapability> sorted = EnumSet.noneOf(AgentCapability.class);
    sorted.addAll(capabilities);
    capabilities = Collections.unmodifiableSet(sorted);
  }

  /** An agent with all capabilities, no attributes and no domain. */
  public static AgentTerms of(String hostname, Resources total) {
    return new AgentTerms(
        hostname, total, List.of(), Optional.empty(), EnumSet.allOf(AgentCapability.class));
  }

  public AgentTerms withTotal(Resources newTotal) {
    return new AgentTerms(hostname, newTotal, attributes, domain, capabilities);
  }
}
