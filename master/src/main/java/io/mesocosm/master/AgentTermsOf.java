package io.mesocosm.master;

import io.mesocosm.allocator.AgentCapability;
import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Attribute;
import io.mesocosm.allocator.Domain;
import io.mesocosm.model.resource.Ranges;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Value;

/** What the allocator is told of an agent. */
final class AgentTermsOf {
  private AgentTermsOf() {}

  static AgentTerms agent(Agent agent) {
    AgentInfo info = agent.info();
    List<Attribute> attributes =
        info.getAttributesList().stream().map(AgentTermsOf::attribute).toList();
    String region = info.getDomain().getFaultDomain().getRegion().getName();
    String zone = info.getDomain().getFaultDomain().getZone().getName();
    Optional<Domain> domain =
        !region.isEmpty() && !zone.isEmpty()
            ? Optional.of(new Domain(region, zone))
            : Optional.empty();
    return new AgentTerms(
        info.getHostname(),
        agent.total().plus(agent.oversubscribed()),
        attributes,
        domain,
        capabilities(agent.capabilities()));
  }

  private static Set<AgentCapability> capabilities(List<String> names) {
    Set<AgentCapability> known = EnumSet.noneOf(AgentCapability.class);
    for (AgentCapability capability : AgentCapability.values()) {
      if (names.contains(capability.name())) {
        known.add(capability);
      }
    }
    return known;
  }

  private static Attribute attribute(org.apache.mesos.v1.Protos.Attribute attribute) {
    String name = attribute.getName();
    return switch (attribute.getType()) {
      case SCALAR -> new Attribute(name, new Attribute.Number(attribute.getScalar().getValue()));
      case RANGES -> new Attribute(name, new Attribute.Spans(ranges(attribute.getRanges())));
      case SET ->
          Attribute.text(name, "{" + String.join(", ", attribute.getSet().getItemList()) + "}");
      case TEXT -> Attribute.text(name, attribute.getText().getValue());
    };
  }

  /** Ranges that are none, e.g. with an end before its begin, are left out. */
  private static Ranges ranges(Value.Ranges ranges) {
    return new Ranges(
        ranges.getRangeList().stream()
            .filter(range -> range.getBegin() >= 0 && range.getEnd() >= range.getBegin())
            .map(range -> new Ranges.Range(range.getBegin(), range.getEnd()))
            .toList());
  }
}
