package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.instance.Placement;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.apache.mesos.v1.Protos.Offer;

/**
 * What of an offer is left to be used, and where it is.
 *
 * @param frameworkId whom it was made to
 * @param role that the resources are allocated to
 * @param place without host ports
 * @param resources of the usual kinds, for everybody
 * @param kept reserved for one instance each, with their volumes; see {@link ReservationLabels}
 * @param disks other than the agent's own, for volumes
 */
public record OfferedAgent(
    String offerId,
    String frameworkId,
    String role,
    Placement place,
    Resources resources,
    Resources kept,
    Resources disks) {

  /** Reads an offer; resources of kinds that we do not use are left out. */
  public static OfferedAgent of(Offer offer) {
    SortedMap<String, String> attributes = new TreeMap<>();
    for (Attribute attribute : offer.getAttributesList()) {
      attributes.put(attribute.getName(), AttributeText.of(attribute));
    }
    Optional<DomainInfo.FaultDomain> domain =
        offer.hasDomain() && offer.getDomain().hasFaultDomain()
            ? Optional.of(offer.getDomain().getFaultDomain())
            : Optional.empty();
    String role = offer.getAllocationInfo().hasRole() ? offer.getAllocationInfo().getRole() : "*";
    return new OfferedAgent(
        offer.getId().getValue(),
        offer.getFrameworkId().getValue(),
        role,
        new Placement(
            offer.getAgentId().getValue(),
            offer.getHostname(),
            attributes,
            domain.map(fault -> fault.getRegion().getName()),
            domain.map(fault -> fault.getZone().getName()),
            role,
            List.of()),
        OfferedResources.fromWire(offer.getResourcesList()),
        OfferedResources.keptFromWire(offer.getResourcesList()),
        OfferedResources.disksFromWire(offer.getResourcesList()));
  }

  public String hostname() {
    return place.hostname();
  }

  OfferedAgent withResources(Resources left) {
    return new OfferedAgent(offerId, frameworkId, role, place, left, kept, disks);
  }

  /** Without what was taken of whichever kind. */
  OfferedAgent without(Resources taken) {
    return new OfferedAgent(
        offerId,
        frameworkId,
        role,
        place,
        resources.minusAtMost(taken),
        kept.minusAtMost(taken),
        disks.minusAtMost(taken));
  }
}
