package io.mesocosm.allocator;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books: every allocation counts for its framework in its role, for the roles above, and
 * against a quota; every agent counts in the totals, its reservations against quotas.
 */
final class Holdings {
  private final SortedMap<FrameworkId, Member> members = new TreeMap<>();
  private final RoleTree roles;
  private final QuotaLedger ledger;
  private final ResourceNames names;
  private final Fairness fairness;

  Holdings(RoleTree roles, QuotaLedger ledger, ResourceNames names, Fairness fairness) {
    this.roles = roles;
    this.ledger = ledger;
    this.names = names;
    this.fairness = fairness;
  }

  /** A framework that is registered. */
  @Nullable Member registered(FrameworkId framework) {
    Member member = members.get(framework);
    return member != null && member.isRegistered() ? member : null;
  }

  /** A framework whether registered or not. */
  Member member(FrameworkId framework) {
    return members.computeIfAbsent(framework, Member::new);
  }

  Taker taker(Member member, String role) {
    Taker known = member.takersByRole().get(role);
    if (known != null) {
      return known;
    }
    RoleNode node = roles.node(role);
    Taker taker = new Taker(member, node);
    member.takersByRole().put(role, taker);
    node.own().members().put(taker.name(), taker);
    return taker;
  }

  /** Drops takers that neither are subscribed nor hold anything, and their framework after them. */
  void prune(Member member) {
    for (Taker taker : member.takersByRole().values().toArray(new Taker[0])) {
      pruneTaker(taker);
    }
    pruneMember(member);
  }

  private void pruneTaker(Taker taker) {
    Member member = taker.member();
    String role = taker.role().path();
    if (taker.held().isZero() && !member.terms().roles().contains(role)) {
      member.takersByRole().remove(role);
      taker.role().own().members().remove(taker.name());
      roles.prune(taker.role());
    }
  }

  private void pruneMember(Member member) {
    if (!member.isRegistered() && member.takersByRole().isEmpty()) {
      members.remove(member.id());
    }
  }

  /**
   * @param resources each with the role that it is allocated to
   */
  void add(FrameworkId framework, AgentShare agent, Resources resources) {
    byRole(resources)
        .forEach((role, part) -> add(taker(member(framework), role), agent, part, false));
  }

  void add(Taker taker, AgentShare agent, Resources resources, boolean offered) {
    roles.add(taker, agent, resources, offered);
    ledger.consume(taker.role().account(), names.ofOpen(resources), true);
  }

  void subtract(FrameworkId framework, AgentShare agent, Resources resources) {
    Member member = member(framework);
    byRole(resources)
        .forEach((role, part) -> {
          Taker taker = taker(member, role);
          roles.subtract(taker, agent, part);
          ledger.consume(taker.role().account(), names.ofOpen(part), false);
          pruneTaker(taker);
        });
    pruneMember(member);
  }

  /** Counts an agent's total in place of what it was counted with before. */
  void replaceTotal(AgentShare agent, Resources before, Resources after) {
    countReservations(after, true);
    countReservations(before, false);
    Amounts totals = names.of(after.scalarQuantities());
    fairness.replace(agent.totals(), totals);
    agent.setTotals(totals);
  }

  private void countReservations(Resources total, boolean adds) {
    for (Resource entry : total.entries()) {
      if (!entry.reservations().isEmpty() && entry.value() instanceof Scalar scalar) {
        Amounts amount = new Amounts();
        amount.add(names.indexOf(entry.name()), scalar.thousandths());
        RoleNode node = roles.node(entry.role());
        ledger.consume(node.account(), amount, adds);
        if (!adds) {
          roles.prune(node);
        }
      }
    }
  }

  static SortedMap<String, Resources> byRole(Resources allocated) {
    SortedMap<String, Resources> byRole = new TreeMap<>();
    for (Resource resource : allocated.entries()) {
      String role = roleOf(resource);
      if (!byRole.containsKey(role)) {
        byRole.put(role, allocated.filter(entry -> roleOf(entry).equals(role)));
      }
    }
    return byRole;
  }

  private static String roleOf(Resource resource) {
    return resource
        .allocationRole()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "resource " + resource + " must say which role it is allocated to"));
  }
}
