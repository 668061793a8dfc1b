package io.mesocosm.master;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import org.apache.mesos.v1.Protos.Address;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.Resource.AllocationInfo;
import org.apache.mesos.v1.Protos.URL;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Offers as a framework reads them, in the form that its capabilities ask for
 * (contracts/mesos-scheduler-api.md O1–O9).
 */
public final class OfferMessages {
  private OfferMessages() {}

  static Event offers(Framework framework, List<Offer> offers, Registry registry) {
    Event.Offers.Builder list = Event.Offers.newBuilder();
    for (Offer offer : offers) {
      registry
          .agent(offer.agent())
          .ifPresent(agent -> list.addOffers(offer(framework, offer, agent)));
    }
    return Event.newBuilder().setType(Event.Type.OFFERS).setOffers(list).build();
  }

  static OfferID id(Offer offer) {
    return OfferID.newBuilder().setValue(offer.id().value()).build();
  }

  /**
   * Where an agent serves.
   *
   * @param ip of the agent; empty if it has no internet address
   */
  public static URL url(AgentInfo agent, String ip) {
    Address.Builder address =
        Address.newBuilder().setHostname(agent.getHostname()).setPort(agent.getPort());
    if (!ip.isEmpty()) {
      address.setIp(ip);
    }
    return URL.newBuilder().setScheme("http").setAddress(address).setPath("/slave(1)").build();
  }

  private static org.apache.mesos.v1.Protos.Offer offer(
      Framework framework, Offer offer, Agent agent) {
    AgentInfo info = agent.info();
    org.apache.mesos.v1.Protos.Offer.Builder message =
        org.apache.mesos.v1.Protos.Offer.newBuilder()
            .setId(id(offer))
            .setFrameworkId(framework.wireId())
            .setAgentId(AgentID.newBuilder().setValue(agent.id().value()))
            .setHostname(info.getHostname())
            .setUrl(url(info, agent.ip()))
            .addAllAttributes(info.getAttributesList());
    agent
        .executorsOf(framework.id())
        .forEach(
            executor -> message.addExecutorIds(ExecutorID.newBuilder().setValue(executor.value())));
    if (info.hasDomain()) {
      message.setDomain(info.getDomain());
    }
    agent.unavailability().ifPresent(message::setUnavailability);
    boolean multiRole = framework.has(Capability.Type.MULTI_ROLE);
    if (multiRole) {
      message.setAllocationInfo(AllocationInfo.newBuilder().setRole(offer.role()));
    }
    Resources resources = multiRole ? offer.resources() : offer.resources().unallocated();
    // Handed out by the agent itself, port by port (L15).
    resources = resources.filter(entry -> !entry.name().equals("ephemeral_ports"));
    return message
        .addAllResources(
            framework.has(Capability.Type.RESERVATION_REFINEMENT)
                ? ResourceMapping.toProto(resources)
                : ResourceMapping.toProtoLegacy(resources))
        .build();
  }
}
