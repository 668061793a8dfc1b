package io.mesocosm.allocator;

import io.mesocosm.model.resource.Scalar;
import java.util.Optional;
import java.util.SortedSet;

/** The rules that let a taker have a look at an agent at all, whatever is free (§2). */
final class Eligibility {
  private final AllocatorConfig config;
  private Optional<SortedSet<String>> whitelist = Optional.empty();

  Eligibility(AllocatorConfig config) {
    this.config = config;
  }

  void setWhitelist(Optional<SortedSet<String>> hostnames) {
    whitelist = hostnames;
  }

  boolean isWhitelisted(AgentShare agent) {
    return whitelist.isEmpty() || whitelist.get().contains(agent.terms().hostname());
  }

  /** Whether the agent can be offered to anybody (C6). */
  boolean isUsable(AgentShare agent) {
    return agent.isActive() && isWhitelisted(agent);
  }

  boolean allows(Taker taker, AgentShare agent) {
    FrameworkTerms terms = taker.terms();
    return mayHaveGpus(terms, agent)
        && mayLeaveRegion(terms, agent)
        && lacking(taker, agent).isEmpty()
        && taker.isMetBy(agent);
  }

  boolean mayHaveGpus(FrameworkTerms terms, AgentShare agent) {
    return agent.gpus().equals(Scalar.ZERO)
        || !config.filterGpuResources()
        || terms.has(FrameworkCapability.GPU_RESOURCES);
  }

  boolean mayLeaveRegion(FrameworkTerms terms, AgentShare agent) {
    return config.masterRegion().isEmpty()
        || agent.terms().domain().isEmpty()
        || agent.terms().domain().get().region().equals(config.masterRegion().get())
        || terms.has(FrameworkCapability.REGION_AWARE);
  }

  /** What the agent lacks for this taker (E5). */
  Optional<AgentCapability> lacking(Taker taker, AgentShare agent) {
    var capabilities = agent.terms().capabilities();
    if (taker.terms().has(FrameworkCapability.MULTI_ROLE)
        && !capabilities.contains(AgentCapability.MULTI_ROLE)) {
      return Optional.of(AgentCapability.MULTI_ROLE);
    }
    if (!capabilities.contains(AgentCapability.HIERARCHICAL_ROLE)
        && taker.role().path().indexOf('/') >= 0) {
      return Optional.of(AgentCapability.HIERARCHICAL_ROLE);
    }
    return Optional.empty();
  }

  /** What there must be for an offer to it (E8). */
  MinAllocatable minimum(Taker taker) {
    return taker.ownMinimum().orElse(config.minAllocatable());
  }

  /** The explanation if {@link #allows} says no. */
  Optional<Explanation> obstacle(Explanation.Subject subject, Taker taker, AgentShare agent) {
    FrameworkTerms terms = taker.terms();
    if (!mayHaveGpus(terms, agent)) {
      return Optional.of(new Explanation.NoGpuCapability(subject, agent.gpus()));
    }
    if (!mayLeaveRegion(terms, agent)) {
      return agent
          .terms()
          .domain()
          .map(domain ->
              new Explanation.RemoteRegion(
                  subject, domain.region(), config.masterRegion().orElse("")));
    }
    Optional<AgentCapability> lacking = lacking(taker, agent);
    if (lacking.isPresent()) {
      return Optional.of(new Explanation.AgentLacksCapability(subject, lacking.get()));
    }
    return taker.isMetBy(agent)
        ? Optional.empty()
        : Optional.of(new Explanation.ConstraintNotMet(subject));
  }
}
