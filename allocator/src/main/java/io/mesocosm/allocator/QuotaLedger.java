package io.mesocosm.allocator;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All quotas together: how much must stay free for guarantees that are not met (Q4), and how much
 * is free. Both follow every change, so that asking costs nothing.
 */
final class QuotaLedger {
  private final SortedMap<String, QuotaAccount> accounts = new TreeMap<>();

  /** What guarantees lack, over all roles. */
  private final Amounts required = new Amounts();

  /** What is free of unreserved scalars on agents that can be offered. */
  private final Amounts available = new Amounts();

  /** Guarantees may leave more of what is free to others than before. */
  private boolean headroomGrew;

  /** Accounts whose limits kept something back and came to leave more room. */
  private final Set<QuotaAccount> eased = new LinkedHashSet<>();

  /** Those with a quota. */
  Collection<QuotaAccount> accounts() {
    return accounts.values();
  }

  boolean isInUse() {
    return !accounts.isEmpty();
  }

  boolean hasUnmetGuarantees() {
    return !required.isZero();
  }

  void setQuota(QuotaAccount account, Quota quota) {
    required.subtract(account.missing());
    account.setQuota(quota);
    required.add(account.missing());
    if (quota.isNone()) {
      accounts.remove(account.role());
    } else {
      accounts.put(account.role(), account);
    }
    headroomGrew = true;
  }

  void consume(QuotaAccount account, Amounts more, boolean adds) {
    boolean guaranteed = account.hasGuarantees();
    if (guaranteed) {
      required.subtract(account.missing());
    }
    if (adds) {
      account.consume(more);
    } else {
      if (account.isWithholding()) {
        eased.add(account);
      }
      account.release(more);
      headroomGrew = true;
    }
    if (guaranteed) {
      required.add(account.missing());
    }
  }

  void replaceAvailable(Amounts before, Amounts after) {
    available.subtract(before);
    available.add(after);
  }

  /** Something was set free: what quotas withheld may be had now. */
  void noteRoom() {
    headroomGrew = true;
  }

  /** Whether there may be more room than at the last call, in the view of those without limits. */
  boolean takeHeadroomGrew() {
    boolean grew = headroomGrew;
    headroomGrew = false;
    return grew;
  }

  /** Those that kept something back and have more room below their limits than at the last call. */
  List<QuotaAccount> takeEased() {
    List<QuotaAccount> taken = List.copyOf(eased);
    eased.clear();
    return taken;
  }

  /** Whether anything of these is free beyond what must stay free. */
  boolean hasSurplusOf(long nameBits) {
    for (int i = 0; i < available.size(); i++) {
      if ((nameBits & Allowance.bit(i)) != 0 && available.at(i) > required.at(i)) {
        return true;
      }
    }
    return false;
  }

  Amounts required() {
    return required;
  }

  Amounts available() {
    return available;
  }
}
