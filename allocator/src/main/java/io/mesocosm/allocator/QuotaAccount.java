package io.mesocosm.allocator;

import java.util.LinkedHashSet;
import java.util.Set;

/** A top-level role's quota and what counts against it (Q1 to Q3). */
final class QuotaAccount {
  private final String role;
  private final ResourceNames names;
  private final Amounts consumed = new Amounts();

  /** Agents of which the limits kept something back when they were last looked at. */
  private final Set<AgentShare> withheld = new LinkedHashSet<>();

  private Quota quota = Quota.NONE;
  private Amounts guarantees = new Amounts();
  private Amounts limits = new Amounts();
  private long[] limited = new long[0];

  QuotaAccount(String role, ResourceNames names) {
    this.role = role;
    this.names = names;
  }

  String role() {
    return role;
  }

  Quota quota() {
    return quota;
  }

  /** Unreserved allocations and all reservations, of the role and everything below it. */
  Amounts consumed() {
    return consumed;
  }

  Set<AgentShare> withheld() {
    return withheld;
  }

  boolean isIdle() {
    return quota.isNone() && consumed.isZero();
  }

  void setQuota(Quota newQuota) {
    quota = newQuota;
    guarantees = names.of(newQuota.guarantees());
    limits = names.of(newQuota.limits());
    limited = new long[names.size()];
    newQuota.limits().keySet().forEach(name -> limited[names.indexOf(name)] = 1);
  }

  boolean hasGuarantees() {
    return !quota.guarantees().isEmpty();
  }

  /** How much of the guarantee it lacks when it has {@code more} than is counted already. */
  long missing(int index, long more) {
    long guarantee = guarantees.at(index);
    return guarantee == 0 ? 0 : Math.max(0, guarantee - consumed.at(index) - more);
  }

  boolean isUnsatisfied() {
    for (int i = 0; i < guarantees.size(); i++) {
      if (missing(i, 0) > 0) {
        return true;
      }
    }
    return false;
  }

  Amounts missing() {
    Amounts missing = new Amounts();
    for (int i = 0; i < guarantees.size(); i++) {
      missing.add(i, missing(i, 0));
    }
    return missing;
  }

  /** How much more it may have, when it has {@code more} than is counted already. */
  long room(int index, long more) {
    return isLimited(index)
        ? Math.max(0, limits.at(index) - consumed.at(index) - more)
        : Long.MAX_VALUE;
  }

  /** Whether the limits leave room for any of these. */
  boolean hasRoomFor(Amounts amounts) {
    for (int i = 0; i < amounts.size(); i++) {
      if (amounts.at(i) > 0 && isLimited(i) && room(i, 0) > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean isLimited(int index) {
    return index < limited.length && limited[index] == 1;
  }

  long limit(int index) {
    return limits.at(index);
  }
}
