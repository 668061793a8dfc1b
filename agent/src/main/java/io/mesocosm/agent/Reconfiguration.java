package io.mesocosm.agent;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.AttributeText;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.apache.mesos.v1.Protos.Value;

/**
 * Whether an agent that was started with other flags may still be the one that it was
 * (contracts/mesos-ha.md §7, C2 to C7).
 */
public final class Reconfiguration {
  private static final String WHAT_ADDS = "--reconfiguration_policy=additive";
  private static final String ANYTHING = "--reconfiguration_policy=any";

  private Reconfiguration() {}

  /** What may differ between two starts of one agent. */
  public enum Policy {
    /** Nothing. */
    EQUAL,
    /** Resources, attributes and a domain may come along; what was there stays. */
    ADDITIVE,
    /** Everything. Only reservations and volumes must still fit. */
    ANY;

    /** As in {@code --reconfiguration_policy}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException naming the flag, its value and what it may be
     */
    public static Policy parse(String text) {
      for (Policy policy : values()) {
        if (policy.text().equals(text)) {
          return policy;
        }
      }
      throw new IllegalArgumentException(
          "--reconfiguration_policy=" + text + ": must be equal, additive or any");
    }
  }

  /**
   * Why an agent may not go on under its id with a new configuration; all that differs too much, in
   * one line, with the flags and what helps.
   *
   * @param before as it was registered, without an id, as is the new one
   */
  public static Optional<String> problem(AgentInfo before, AgentInfo now, Policy policy) {
    return switch (policy) {
      case ANY -> Optional.empty();
      case EQUAL -> {
        List<Difference> differences = differences(before, now, true);
        boolean additive = differences(before, now, false).isEmpty();
        yield message(differences, additive ? WHAT_ADDS : ANYTHING);
      }
      case ADDITIVE -> message(differences(before, now, false), ANYTHING);
    };
  }

  /** One flag that the agent may not be started with. */
  private record Difference(String flag, String before, String now) {}

  private static Optional<String> message(List<Difference> differences, String policy) {
    if (differences.isEmpty()) {
      return Optional.empty();
    }
    String told =
        differences.stream()
            .map(it -> it.flag() + " was '" + it.before() + "' and is '" + it.now() + "'")
            .collect(Collectors.joining("; "));
    String remedy =
        differences.stream()
            .map(it ->
                it.before().isEmpty() ? "no " + it.flag() : it.flag() + "='" + it.before() + "'")
            .collect(Collectors.joining(" "));
    return Optional.of(
        "this agent was registered with another configuration: "
            + told
            + ": start it with "
            + remedy
            + " as before, or with "
            + policy);
  }

  private static List<Difference> differences(AgentInfo before, AgentInfo now, boolean all) {
    List<Difference> differences = new ArrayList<>();
    if (!before.getHostname().equals(now.getHostname())) {
      differences.add(new Difference("--hostname", before.getHostname(), now.getHostname()));
    }
    if (before.getPort() != now.getPort()) {
      differences.add(
          new Difference(
              "--port", String.valueOf(before.getPort()), String.valueOf(now.getPort())));
    }
    Resources had = resources(before);
    Resources has = resources(now);
    if (all ? !has.equals(had) : !has.contains(had)) {
      differences.add(new Difference("--resources", had.toString(), has.toString()));
    }
    if (all
        ? !now.getAttributesList().equals(before.getAttributesList())
        : !before.getAttributesList().stream().allMatch(it -> isKept(it, now))) {
      differences.add(new Difference("--attributes", attributes(before), attributes(now)));
    }
    boolean added = !all && !before.hasDomain();
    if (!added && !before.getDomain().equals(now.getDomain())) {
      differences.add(new Difference("--domain", domain(before), domain(now)));
    }
    return differences;
  }

  private static boolean isKept(Attribute before, AgentInfo now) {
    return now.getAttributesList().stream()
        .filter(it -> it.getName().equals(before.getName()) && it.getType() == before.getType())
        .anyMatch(it -> isKept(before, it));
  }

  private static boolean isKept(Attribute before, Attribute now) {
    return switch (before.getType()) {
      case SCALAR -> now.getScalar().equals(before.getScalar());
      case TEXT -> now.getText().equals(before.getText());
      case RANGES -> ranges(now.getRanges()).contains(ranges(before.getRanges()));
      case SET -> now.getSet().getItemList().containsAll(before.getSet().getItemList());
    };
  }

  private static Ranges ranges(Value.Ranges ranges) {
    Ranges sum = Ranges.NONE;
    for (Value.Range range : ranges.getRangeList()) {
      sum = sum.plus(Ranges.of(range.getBegin(), range.getEnd()));
    }
    return sum;
  }

  private static Resources resources(AgentInfo info) {
    try {
      return ResourceMapping.toModel(info.getResourcesList());
    } catch (InvalidMessageException e) {
      throw new IllegalStateException(
          "the resources of agent " + info.getHostname() + " are not valid: " + e.getMessage(), e);
    }
  }

  private static String attributes(AgentInfo info) {
    return info.getAttributesList().stream()
        .map(it -> it.getName() + ":" + AttributeText.print(it))
        .collect(Collectors.joining(";"));
  }

  private static String domain(AgentInfo info) {
    DomainInfo.FaultDomain domain = info.getDomain().getFaultDomain();
    return info.hasDomain()
        ? "{\"fault_domain\":{\"region\":{\"name\":\""
            + domain.getRegion().getName()
            + "\"},\"zone\":{\"name\":\""
            + domain.getZone().getName()
            + "\"}}}"
        : "";
  }
}
