package io.mesocosm.allocator;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;

/**
 * Why a framework in one of its roles is not offered an agent now, or that it would be. One case
 * for every rule that can stand in the way, with the figures that decided.
 */
public sealed interface Explanation {
  Subject subject();

  /** One sentence for people: subject, value, limit and, if there is one, the remedy. */
  String sentence();

  /** Whom and what it is about. */
  record Subject(FrameworkId framework, String role, AgentId agent) {
    @Override
    public String toString() {
      return "framework " + framework + " in role " + role + " on agent " + agent;
    }
  }

  /** The framework or the agent is not known, or the role is not one of the framework's (E2). */
  record NotSubscribed(Subject subject, String missing) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": " + missing;
    }
  }

  /** The framework is not connected (E1). */
  record Disconnected(Subject subject) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": the framework is not connected; it is offered agents when it subscribes";
    }
  }

  /** The framework wants no offers for the role (E1). */
  record Suppressed(Subject subject) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": the framework has suppressed offers for the role; REVIVE ends that";
    }
  }

  /** Allocation stands still. */
  record Paused(Subject subject) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": nothing is offered to anybody while agents come back after a failover";
    }
  }

  /** The agent is draining, deactivated or disconnected. */
  record AgentInactive(Subject subject) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": the agent is draining, deactivated or disconnected";
    }
  }

  /** The agent's host is not on the whitelist (C6). */
  record NotWhitelisted(Subject subject, String hostname) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": host " + hostname + " is not on the list that --whitelist names";
    }
  }

  /** E3. */
  record NoGpuCapability(Subject subject, Scalar gpus) implements Explanation {
    @Override
    public String sentence() {
      return subject
          + ": the agent has "
          + gpus
          + " gpus and the framework lacks GPU_RESOURCES; with --no-filter_gpu_resources it need"
          + " not have it";
    }
  }

  /** E4. */
  record RemoteRegion(Subject subject, String agentRegion, String masterRegion)
      implements Explanation {
    @Override
    public String sentence() {
      return subject
          + ": the agent is in region "
          + agentRegion
          + ", not the master's "
          + masterRegion
          + ", and the framework lacks REGION_AWARE";
    }
  }

  /** E5. */
  record AgentLacksCapability(Subject subject, AgentCapability capability) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": the agent lacks " + capability + "; a newer agent has it";
    }
  }

  /** E6. */
  record ConstraintNotMet(Subject subject) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": the agent does not meet the framework's offer constraints for the role";
    }
  }

  /** All of the agent is allocated or offered. */
  record NothingFree(Subject subject, SortedMap<FrameworkId, Resources> holders, double ownShare)
      implements Explanation {
    @Override
    public String sentence() {
      StringJoiner who = new StringJoiner(", ");
      holders.forEach((framework, resources) -> who.add(framework + " (" + resources + ")"));
      return subject
          + ": nothing is free; it is offered to or used by "
          + (holders.isEmpty() ? "nobody, the agent has no resources" : who)
          + "; the role's share is "
          + percent(ownShare);
    }
  }

  /** What is free is reserved for others, or of a kind that the framework cannot take (E7). */
  record ReservedFor(Subject subject, Resources free, SortedSet<String> roles)
      implements Explanation {
    @Override
    public String sentence() {
      return subject + ": what is free (" + free + ") is reserved for " + String.join(", ", roles);
    }
  }

  /** What is free is of kinds that the framework lacks a capability for (E7). */
  record LacksCapability(Subject subject, Resources free, FrameworkCapability capability)
      implements Explanation {
    @Override
    public String sentence() {
      return subject + ": what is free (" + free + ") is only for frameworks with " + capability;
    }
  }

  /** E8. */
  record BelowMinAllocatable(Subject subject, Resources free, MinAllocatable minimum)
      implements Explanation {
    @Override
    public String sentence() {
      return subject
          + ": what is free for it ("
          + free
          + ") is less than the minimum of an offer, "
          + minimum;
    }
  }

  /** F1. */
  record FilteredUntil(Subject subject, Resources free, Instant until) implements Explanation {
    @Override
    public String sentence() {
      return subject
          + ": it declined what is free ("
          + free
          + ") until "
          + until
          + "; REVIVE ends that";
    }
  }

  /** Q6: of {@code role} and the roles below it. */
  record QuotaLimit(
      Subject subject, String limitedRole, String resource, Scalar limit, Scalar consumed)
      implements Explanation {
    @Override
    public String sentence() {
      return subject
          + ": role "
          + limitedRole
          + " has "
          + consumed
          + " of at most "
          + limit
          + " "
          + resource
          + "; UPDATE_QUOTA raises the limit";
    }
  }

  /** Q4: what is free is kept for guarantees of others. */
  record HeadroomHeld(
      Subject subject, SortedSet<String> forRoles, SortedMap<String, Scalar> headroom)
      implements Explanation {
    @Override
    public String sentence() {
      StringJoiner amounts = new StringJoiner(", ");
      headroom.forEach((name, amount) -> amounts.add(amount + " " + name));
      return subject
          + ": what is free is kept for the guarantees of "
          + String.join(", ", forRoles)
          + " ("
          + amounts
          + " missing)";
    }
  }

  /** Others come first, in the order given (S3). */
  record NotInFairShareYet(Subject subject, double ownShare, List<Standing> before)
      implements Explanation {
    /** Somebody who is offered the agent first. */
    public record Standing(FrameworkId framework, String role, double roleShare) {}

    public NotInFairShareYet {
      before = List.copyOf(before);
    }

    @Override
    public String sentence() {
      StringJoiner who = new StringJoiner(", ");
      before.forEach(standing ->
          who.add(
              standing.framework
                  + " in role "
                  + standing.role
                  + " with "
                  + percent(standing.roleShare)));
      return subject + ": role share " + percent(ownShare) + ", but first comes " + who;
    }
  }

  /** Nothing stands in the way: the next allocation offers it these. */
  record WouldBeOffered(Subject subject, Resources resources) implements Explanation {
    @Override
    public String sentence() {
      return subject + ": would be offered " + resources + " now";
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", share * 100);
  }
}
