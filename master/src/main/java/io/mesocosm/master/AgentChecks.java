package io.mesocosm.master;

import io.mesocosm.model.Identifiers;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentInfo;

/** Why an agent may not be part of the cluster, if it may not (contracts/mesos-ha.md A2, A6). */
final class AgentChecks {
  static final int PROTOCOL_VERSION = 1;

  private static final int INCARNATION_BYTES = 16;

  private final MasterConfig config;
  private final Maintenance maintenance;

  AgentChecks(MasterConfig config, Maintenance maintenance) {
    this.config = config;
    this.maintenance = maintenance;
  }

  /** Where the agent says that it serves, or else where its link comes from. */
  static String address(MasterCommand.AgentSubscribe command) {
    String said = command.call().getSubscribe().getIp();
    return said.isEmpty() ? command.ip() : said;
  }

  /**
   * Of a total nothing is allocated, whatever the agent says.
   *
   * @throws InvalidMessageException if it is none
   */
  static Resources total(LinkCall.Subscribe call) throws InvalidMessageException {
    return ResourceMapping.toModel(
            call.getTotalResourcesCount() > 0
                ? call.getTotalResourcesList()
                : call.getAgentInfo().getResourcesList())
        .unallocated();
  }

  /** What is wrong with the subscription in itself. */
  static Optional<String> form(LinkCall.Subscribe call) {
    String id = call.getAgentInfo().getId().getValue();
    if (call.getProtocolVersion() > PROTOCOL_VERSION) {
      return Optional.of(
          "the agent speaks version "
              + call.getProtocolVersion()
              + " of the agent link and this master "
              + PROTOCOL_VERSION
              + ": upgrade the master first");
    }
    if (!id.isEmpty() && Identifiers.problem(id).isPresent()) {
      return Identifiers.problem(id).map(reason -> "agent id " + reason);
    }
    int incarnation = call.getIncarnation().size();
    if (call.hasIncarnation() && incarnation != INCARNATION_BYTES) {
      return Optional.of(
          "the agent's incarnation has "
              + incarnation
              + " bytes, and must have "
              + INCARNATION_BYTES);
    }
    try {
      return AgentHoldings.problem(call, total(call));
    } catch (InvalidMessageException e) {
      return Optional.of(e.getMessage() == null ? "invalid resources" : e.getMessage());
    }
  }

  /** Why this agent may not be part of the cluster now. */
  Optional<String> unwelcome(MasterCommand.AgentSubscribe command) {
    AgentInfo info = command.call().getSubscribe().getAgentInfo();
    if (!config.authorizer().allows(command.principal(), Action.REGISTER_AGENT, Optional.empty())) {
      return Optional.of(
          "the agent is not authorized to register: the master's --acls do not allow it");
    }
    Optional<String> down = down(info.getHostname(), address(command));
    if (down.isPresent()) {
      return down;
    }
    if (info.hasDomain() && !config.masterInfo().hasDomain()) {
      return Optional.of(
          "the agent has a fault domain and the master has none: give the master --domain too");
    }
    return config.agentDomainRequired() && !info.hasDomain()
        ? Optional.of(
            "the agent has no fault domain, and the master's --require_agent_domain asks for one:"
                + " give the agent --domain")
        : Optional.empty();
  }

  Optional<String> down(String hostname, String ip) {
    return maintenance.isDown(hostname, ip)
        ? Optional.of(
            "machine " + hostname + " is down for maintenance: an operator must bring it up first")
        : Optional.empty();
  }

  /** An agent's id stays on its machine, whose address may change. */
  static Optional<String> moved(AgentInfo known, AgentInfo said) {
    return known.getHostname().equals(said.getHostname())
        ? Optional.empty()
        : Optional.of(
            "agent "
                + said.getId().getValue()
                + " is known on host "
                + known.getHostname()
                + " and comes back from "
                + said.getHostname()
                + ": give it its --hostname back, or a new --work_dir to register anew");
  }
}
