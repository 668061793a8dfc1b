package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What quotas leave of an agent for each role, while it is decided who gets what of it: limits, and
 * what must stay free for guarantees of others (Q4 to Q8). What was picked a moment ago counts.
 */
final class Allowance {
  private final QuotaLedger ledger;
  private final ResourceNames names;
  private final SortedMap<String, Amounts> pickedByRole = new TreeMap<>();
  private final SortedMap<String, QuotaAccount> pickedAccounts = new TreeMap<>();
  private final Amounts picked = new Amounts();

  /** Accounts whose limits cut something down. */
  private final Set<QuotaAccount> limited = new LinkedHashSet<>();

  private boolean skipped;

  /** Of what anything was kept back for guarantees: a bit for each index, see {@link #bit}. */
  private long heldNames;

  Allowance(QuotaLedger ledger, ResourceNames names) {
    this.ledger = ledger;
    this.names = names;
  }

  Set<QuotaAccount> limited() {
    return limited;
  }

  /** Whether limits kept anything back, from anybody. */
  boolean isLimiting() {
    return skipped || !limited.isEmpty();
  }

  /** Notes that a role was not even asked because its quota is exhausted. */
  void noteSkipped() {
    skipped = true;
  }

  long heldNames() {
    return heldNames;
  }

  /** Names beyond the first 63 share a bit: then agents are looked at more often than need be. */
  static long bit(int index) {
    return 1L << Math.min(index, 63);
  }

  void pick(QuotaAccount account, Resources resources) {
    if (ledger.isInUse()) {
      Amounts open = names.ofOpen(resources);
      picked.add(open);
      pickedByRole.computeIfAbsent(account.role(), _ -> new Amounts()).add(open);
      pickedAccounts.put(account.role(), account);
    }
  }

  private long pickedBy(QuotaAccount account, int index) {
    Amounts amounts = pickedByRole.get(account.role());
    return amounts == null ? 0 : amounts.at(index);
  }

  /** How much of its guarantee the role lacks still. */
  long missing(QuotaAccount account, int index) {
    return account.missing(index, pickedBy(account, index));
  }

  boolean isUnsatisfied(QuotaAccount account) {
    if (!account.hasGuarantees()) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      if (missing(account, i) > 0) {
        return true;
      }
    }
    return false;
  }

  /** What is free beyond all that must stay free; negative if guarantees cannot be met. */
  long surplus(int index) {
    long required = ledger.required().at(index);
    for (QuotaAccount account : pickedAccounts.values()) {
      required += missing(account, index) - account.missing(index, 0);
    }
    return ledger.available().at(index) - picked.at(index) - required;
  }

  /** How much of an unreserved scalar the role may have. */
  long allowed(QuotaAccount account, int index) {
    return Math.min(account.room(index, pickedBy(account, index)), fromHeadroom(account, index));
  }

  private long fromHeadroom(QuotaAccount account, int index) {
    return missing(account, index) + Math.max(0, surplus(index));
  }

  private void noteCut(QuotaAccount account, int index) {
    long room = account.room(index, pickedBy(account, index));
    long fromHeadroom = fromHeadroom(account, index);
    if (room <= fromHeadroom) {
      limited.add(account);
    }
    if (fromHeadroom <= room) {
      heldNames |= bit(index);
    }
  }

  /** Cuts unreserved scalars down to what the role may have; the rest stays as it is. */
  Resources cut(QuotaAccount account, Resources offerable) {
    if (!ledger.isInUse()) {
      return offerable;
    }
    Amounts spent = new Amounts();
    List<Resource> kept = new ArrayList<>(offerable.entries().size());
    boolean cut = false;
    for (Resource entry : offerable.entries()) {
      if (!Kinds.isOpen(entry) || !(entry.value() instanceof Scalar scalar)) {
        kept.add(entry);
        continue;
      }
      int index = names.indexOf(entry.name());
      long most = allowed(account, index) - spent.at(index);
      if (scalar.thousandths() <= most) {
        kept.add(entry);
        spent.add(index, scalar.thousandths());
        continue;
      }
      cut = true;
      noteCut(account, index);
      if (most > 0 && !Kinds.isWhole(entry)) {
        kept.add(entry.withValue(new Scalar(most)));
        spent.add(index, most);
      }
    }
    return cut ? Resources.of(kept) : offerable;
  }

  /** Whether an offer brings a role nearer to its guarantee, or is of its reservations (Q5). */
  boolean servesGuarantee(QuotaAccount account, Resources offer) {
    for (Resource entry : offer.entries()) {
      if (!entry.reservations().isEmpty()
          || (Kinds.isOpen(entry)
              && entry.value() instanceof Scalar
              && missing(account, names.indexOf(entry.name())) > 0)) {
        return true;
      }
    }
    return false;
  }
}
