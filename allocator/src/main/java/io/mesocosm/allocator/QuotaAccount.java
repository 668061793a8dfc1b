package io.mesocosm.allocator;

import java.util.List;

/** A top-level role's quota and what counts against it (Q1 to Q3). */
final class QuotaAccount {
  private final String role;
  private final ResourceNames names;
  private final MinAllocatable usualMinimum;
  private final Amounts consumed = new Amounts();

  private Quota quota = Quota.NONE;
  private Amounts guarantees = new Amounts();
  private Amounts limits = new Amounts();
  private long[] limited = new long[0];

  /** One of these must fit below the limits for an offer without reservations or revocables. */
  private List<Amounts> minimums = List.of();

  private boolean exhausted;
  private boolean withholding;

  /**
   * @param usualMinimum what an offer must reach if its framework does not say otherwise
   */
  QuotaAccount(String role, ResourceNames names, MinAllocatable usualMinimum) {
    this.role = role;
    this.names = names;
    this.usualMinimum = usualMinimum;
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

  void consume(Amounts more) {
    consumed.add(more);
    exhausted = leavesTooLittle();
  }

  void release(Amounts some) {
    consumed.subtract(some);
    exhausted = leavesTooLittle();
  }

  /**
   * Whether the limits leave less than the usual minimum whatever an agent has free: nobody needs
   * to be asked then, unless there are reservations, revocables or other minimums.
   */
  boolean isExhausted() {
    return exhausted;
  }

  private boolean leavesTooLittle() {
    if (minimums.isEmpty()) {
      return false;
    }
    for (Amounts minimum : minimums) {
      if (fits(minimum)) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(Amounts minimum) {
    for (int i = 0; i < minimum.size(); i++) {
      if (minimum.at(i) > 0 && room(i, 0) < minimum.at(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the limits keep something back of agents: easing them matters then. */
  boolean isWithholding() {
    return withholding || exhausted;
  }

  void setWithholding(boolean nowWithholding) {
    withholding = nowWithholding;
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
    minimums =
        newQuota.limits().isEmpty()
            ? List.of()
            : usualMinimum.alternatives().stream().map(names::of).toList();
    exhausted = leavesTooLittle();
    withholding = false;
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

  /** Whether the limits leave room for anything that they are about. */
  boolean hasRoom() {
    for (int i = 0; i < limited.length; i++) {
      if (limited[i] == 1 && room(i, 0) > 0) {
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
