package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.List;
import java.util.Optional;

/**
 * Which resources apps and pods may take, beside what they say themselves (contracts
 * /marathon-api.md S4, S13, §17).
 *
 * @param usualRole of apps and pods that name none
 * @param accepted by those that name no roles to accept
 * @param keepsGpus whether agents with gpus are for those that need gpus
 */
public record ResourceRules(String usualRole, Accepted accepted, boolean keepsGpus) {
  /** Resources of which reservation are taken. */
  public enum Accepted {
    /** Reserved for the role of the app, and unreserved ones. */
    ANY,
    /** Unreserved ones only. */
    UNRESERVED,
    /** Those reserved for the role of the app only. */
    RESERVED
  }

  private static final String UNRESERVED_ROLE = "*";

  String role(RunSpec spec) {
    return spec.role().orElse(usualRole);
  }

  /** What of the offer it may use. */
  Resources acceptable(OfferedAgent offer, RunSpec spec) {
    List<String> named = spec.acceptedResourceRoles();
    List<String> roles =
        !named.isEmpty()
            ? named
            : switch (accepted) {
              case ANY -> List.of();
              case UNRESERVED -> List.of(UNRESERVED_ROLE);
              case RESERVED -> List.of(role(spec));
            };
    return OfferedResources.acceptable(offer.resources(), roles);
  }

  /** Why it may not have an agent with gpus. */
  Optional<Refusal> scarce(OfferedAgent offer, RunSpec spec) {
    Scalar gpus = offer.resources().scalar("gpus");
    if (!keepsGpus || gpus.isEmpty() || needsGpus(spec)) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            Reason.DECLINED_SCARCE_RESOURCES,
            "gpus",
            "0",
            gpus.toString(),
            "needs no gpus, offer has " + gpus + " kept for those that do",
            false));
  }

  private static boolean needsGpus(RunSpec spec) {
    return switch (spec) {
      case AppDefinition app -> app.gpus() > 0;
      case PodDefinition pod -> pod.containers().stream().anyMatch(is -> is.gpus() > 0);
    };
  }
}
