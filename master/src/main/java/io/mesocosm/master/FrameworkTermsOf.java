package io.mesocosm.master;

import io.mesocosm.allocator.FrameworkCapability;
import io.mesocosm.allocator.FrameworkTerms;
import io.mesocosm.allocator.MinAllocatable;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.OfferFilters;

/** What the allocator is told of a framework. */
final class FrameworkTermsOf {
  private FrameworkTermsOf() {}

  static FrameworkTerms framework(Framework framework) {
    Set<FrameworkCapability> capabilities = EnumSet.noneOf(FrameworkCapability.class);
    for (FrameworkCapability capability : FrameworkCapability.values()) {
      if (framework.has(Capability.Type.valueOf(capability.name()))) {
        capabilities.add(capability);
      }
    }
    return new FrameworkTerms(
        framework.roles(),
        framework.suppressedRoles(),
        capabilities,
        minima(framework),
        framework.constraints().byRole());
  }

  private static SortedMap<String, MinAllocatable> minima(Framework framework) {
    SortedMap<String, MinAllocatable> byRole = new TreeMap<>();
    framework
        .info()
        .getOfferFiltersMap()
        .forEach((role, filters) -> {
          if (filters.hasMinAllocatableResources()) {
            byRole.put(role, minimum(filters));
          }
        });
    return byRole;
  }

  private static MinAllocatable minimum(OfferFilters filters) {
    List<SortedMap<String, Scalar>> alternatives = new ArrayList<>();
    for (OfferFilters.ResourceQuantities quantities :
        filters.getMinAllocatableResources().getQuantitiesList()) {
      SortedMap<String, Scalar> amounts = new TreeMap<>();
      quantities
          .getQuantitiesMap()
          .forEach((name, amount) -> amounts.put(name, Scalar.of(amount.getValue())));
      alternatives.add(amounts);
    }
    return new MinAllocatable(alternatives);
  }
}
