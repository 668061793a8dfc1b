package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.Quota;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The quotas that the allocator goes by. What agents of an earlier master run is not known before
 * they are back, but it is at most what they have; so as long as they are expected, every limit is
 * lower by that much, and no role ever has more than its limit. Guarantees stay as they are: what
 * they keep free is there when the limit allows to hand it out.
 *
 * <p>That bound is what the registry says of the agents. One that grew while it ran, and that uses
 * what it gained, may bring back more: then, as with any agent that was thought to be lost, the
 * role's offers are rescinded in the same instant. Owned by the master's thread.
 */
final class QuotaLimits {
  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final ExpectedAgents expected;
  private final Offers offers;
  private final Outbox outbox;
  private final SortedMap<String, Quota> quotas = new TreeMap<>();
  private final SortedMap<String, Quota> applied = new TreeMap<>();
  private long changesSeen;
  private boolean raiseIsDue;
  private Instant raised = Instant.MIN;

  QuotaLimits(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      ExpectedAgents expected,
      Offers offers,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.expected = expected;
    this.offers = offers;
    this.outbox = outbox;
  }

  /** As an earlier master has set it. */
  void read(String role, Quota quota) {
    quotas.put(role, quota);
    apply(role);
  }

  /** As an operator sets it now: offers that are in its way are rescinded. */
  void set(String role, Quota quota, Instant now) {
    if (quota.isNone()) {
      quotas.remove(role);
    } else {
      quotas.put(role, quota);
    }
    apply(role);
    new QuotaRescinding(registry, allocator, offers).satisfy(role, lowered(role), now);
  }

  /** All agents that are expected have been named. */
  void lower() {
    changesSeen = expected.changes();
    quotas.keySet().forEach(this::apply);
  }

  /**
   * After every command: agents may have settled. Limits that are lower than they need to be do no
   * harm for a while, and each that is set makes the allocator look at everything; so they are
   * raised for many agents together.
   */
  void follow(Instant now) {
    if (changesSeen == expected.changes() || raiseIsDue) {
      return;
    }
    changesSeen = expected.changes();
    if (quotas.keySet().stream().anyMatch(role -> !lowered(role).equals(applied.get(role)))) {
      raiseIsDue = true;
      Instant earliest =
          raised.equals(Instant.MIN) ? now : raised.plus(config.allocationInterval());
      outbox.setTimer(new MasterTimer.QuotaLimitsDue(), earliest.isBefore(now) ? now : earliest);
    }
  }

  /** The timer of {@link #follow} fired. */
  void raise(Instant now) {
    raiseIsDue = false;
    raised = now;
    lower();
    offers.allocateSoon(now);
  }

  /** The agent, with all that it runs, is in the allocator's books. */
  void entered(Agent agent, Instant now) {
    if (quotas.isEmpty()) {
      return;
    }
    QuotaRescinding rescinding = new QuotaRescinding(registry, allocator, offers);
    topLevelRoles(agent).stream()
        .filter(quotas::containsKey)
        .forEach(role -> rescinding.obeyLimits(role, lowered(role), now));
  }

  private static SortedSet<String> topLevelRoles(Agent agent) {
    SortedSet<String> roles = new TreeSet<>();
    for (Resources used : agent.usedByFramework().values()) {
      for (Resource entry : used.entries()) {
        entry.allocationRole().ifPresent(role -> roles.add(topLevel(role)));
      }
    }
    for (Resource entry : agent.total().entries()) {
      if (!entry.reservations().isEmpty()) {
        roles.add(topLevel(entry.role()));
      }
    }
    return roles;
  }

  private static String topLevel(String role) {
    int end = role.indexOf('/');
    return end < 0 ? role : role.substring(0, end);
  }

  private void apply(String role) {
    Quota quota = lowered(role);
    if (!quota.equals(applied.get(role))) {
      allocator.setQuota(role, quota);
      if (quota.isNone()) {
        applied.remove(role);
      } else {
        applied.put(role, quota);
      }
    }
  }

  private Quota lowered(String role) {
    Quota quota = Optional.ofNullable(quotas.get(role)).orElse(Quota.NONE);
    if (quota.limits().isEmpty() || expected.resources().isEmpty()) {
      return quota;
    }
    SortedMap<String, Scalar> limits = new TreeMap<>();
    quota
        .limits()
        .forEach((name, limit) ->
            limits.put(
                name, limit.minusAtMost(expected.resources().getOrDefault(name, Scalar.ZERO))));
    return new Quota(quota.guarantees(), limits);
  }
}
