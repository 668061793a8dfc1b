package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides who gets what of one agent, without handing it out: takers are asked in order, and each
 * takes all that it may have of what those before it left (C9, C10). Deciding first and handing out
 * later gives the same as doing both at once, because a pick changes the standing only of those who
 * were asked already; and it lets explanations ask the same question without consequences.
 */
final class AgentRound {
  /** One decision. */
  record Pick(Taker taker, Resources resources) {}

  /** Whose turn it is (C8). */
  enum Stage {
    /** Only roles that lack some of their guarantee. */
    GUARANTEES,
    /** Everybody. */
    EVERYTHING
  }

  private final RoleTree roles;
  private final Eligibility eligibility;
  private final RefusalFilters filters;
  private final AllocatorConfig config;
  private final boolean ownMinimums;
  private final Allowance allowance;
  private final AgentShare agent;
  private final Instant now;
  private final List<Pick> picks = new ArrayList<>(1);
  private Stage stage = Stage.EVERYTHING;
  private Resources left;
  private boolean leftPlain;

  /** What of the resources last looked at is visible to frameworks, by their capabilities. */
  private final @Nullable Resources[] byCapabilities = new Resources[8];

  private @Nullable Resources lastVisible;

  /** What {@link #reaches} was last asked, and its answer: mostly the same for a whole role. */
  private @Nullable Resources lastOffer;

  private @Nullable MinAllocatable lastMinimum;
  private boolean lastReached;

  /**
   * @param ownMinimums whether any framework has a minimum of its own
   * @param withShared whether shared volumes may be offered
   */
  AgentRound(
      RoleTree roles,
      Eligibility eligibility,
      RefusalFilters filters,
      AllocatorConfig config,
      boolean ownMinimums,
      Allowance allowance,
      AgentShare agent,
      boolean withShared,
      Instant now) {
    this.roles = roles;
    this.eligibility = eligibility;
    this.filters = filters;
    this.config = config;
    this.ownMinimums = ownMinimums;
    this.allowance = allowance;
    this.agent = agent;
    this.now = now;
    this.left = withShared ? agent.free() : Kinds.withoutShared(agent.free());
    this.leftPlain = agent.isFreePlain();
  }

  List<Pick> picks() {
    return picks;
  }

  /** Asks all takers. */
  void askAll(Stage turn) {
    stage = turn;
    if (!isHopeless()) {
      walk(roles.root());
    }
  }

  /** Asks only the takers of these roles and below them; the roles must be in order. */
  void askBelow(Stage turn, Collection<RoleNode> nodes) {
    stage = turn;
    for (RoleNode node : nodes) {
      if (isHopeless() || (isTurnOf(node) && walk(node))) {
        return;
      }
    }
  }

  /** Asks only these, which must be in order. */
  void ask(Stage turn, Collection<Taker> takers) {
    stage = turn;
    for (Taker taker : takers) {
      if (isHopeless()) {
        return;
      }
      if (taker.isRanked()) {
        offer(taker, visible(taker.role()));
      }
    }
  }

  /** Returns true when there is nothing left that anybody could take. */
  private boolean walk(RoleNode node) {
    Iterator<Standing> branches = node.branches().inOrder();
    while (branches.hasNext()) {
      boolean done =
          switch (branches.next()) {
            case RoleNode child -> isTurnOf(child) && walk(child);
            case RoleNode.Own own -> walk(own);
            case Taker taker -> throw new IllegalStateException(taker.name() + " is no role");
          };
      if (done) {
        return true;
      }
    }
    return false;
  }

  private boolean walk(RoleNode.Own own) {
    Resources visible = visible(own.role());
    if (isTooLittle(visible)) {
      return false;
    }
    Iterator<Taker> takers = own.takers().inOrder();
    while (takers.hasNext()) {
      if (!offer(takers.next(), visible)) {
        continue;
      }
      if (isHopeless()) {
        return true;
      }
      visible = visible(own.role());
      if (isTooLittle(visible)) {
        return false;
      }
    }
    return false;
  }

  private boolean isTurnOf(RoleNode node) {
    boolean turn =
        switch (stage) {
          case EVERYTHING -> true;
          case GUARANTEES -> allowance.isUnsatisfied(node.account());
        };
    return turn && !isFull(node.account());
  }

  /** Whether the quota leaves nothing of what is left to anybody below it. */
  private boolean isFull(QuotaAccount account) {
    if (ownMinimums || !account.isExhausted()) {
      return false;
    }
    if (!leftPlain) {
      for (Resource entry : left.entries()) {
        // Limits are not about these; the prefix may be another role's, which only costs a look.
        if (!Kinds.isOpen(entry)
            && (entry.reservations().isEmpty() || entry.role().startsWith(account.role()))) {
          return false;
        }
      }
    }
    allowance.noteSkipped();
    return true;
  }

  private boolean offer(Taker taker, Resources visible) {
    if (!isTurnOf(taker.role()) || !eligibility.allows(taker, agent)) {
      return false;
    }
    Resources offer =
        withoutIdleShares(allowance.cut(taker.role().account(), offerable(taker, visible)));
    if (!reaches(eligibility.minimum(taker), offer)
        || filters.hiddenUntil(taker, agent, offer, now).isPresent()) {
      return false;
    }
    if (stage == Stage.GUARANTEES && !allowance.servesGuarantee(taker.role().account(), offer)) {
      return false;
    }
    picks.add(new Pick(taker, offer));
    allowance.pick(taker.role().account(), offer);
    left = left.minus(Kinds.withoutShared(offer));
    if (Kinds.haveShared(offer)) {
      left = left.filter(entry -> !Kinds.isShared(entry) || !offer.entries().contains(entry));
    }
    leftPlain = Kinds.arePlain(left);
    return true;
  }

  /** What is left that the role may use, whoever asks for it (R2, R3). */
  Resources visible(RoleNode role) {
    return leftPlain ? left : left.filter(entry -> entry.isAllocatableTo(role.path()));
  }

  /** What of it the taker can cope with (E7). */
  @SuppressWarnings("ReferenceEquality") // only what was found for the same object is kept
  Resources offerable(Taker taker, Resources visible) {
    if (leftPlain) {
      return visible;
    }
    if (visible != lastVisible) {
      Arrays.fill(byCapabilities, null);
      lastVisible = visible;
    }
    int capabilities = Kinds.capabilityBits(taker.terms());
    Resources known = byCapabilities[capabilities];
    if (known == null) {
      known = visible.filter(entry -> Kinds.isVisible(entry, taker.terms()));
      byCapabilities[capabilities] = known;
    }
    return known;
  }

  /**
   * A shared volume that somebody has comes along with other resources but is no reason for an
   * offer: it is never used up, and would be offered again and again.
   */
  Resources withoutIdleShares(Resources offer) {
    if (leftPlain || !Kinds.haveShared(offer) || !Kinds.withoutShared(offer).isEmpty()) {
      return offer;
    }
    return offer.filter(entry -> !agent.isShareHeld(entry));
  }

  @SuppressWarnings("ReferenceEquality") // the same objects have the same answer
  private boolean reaches(MinAllocatable minimum, Resources offer) {
    if (offer != lastOffer || minimum != lastMinimum) {
      lastOffer = offer;
      lastMinimum = minimum;
      lastReached = minimum.isReachedBy(offer);
    }
    return lastReached;
  }

  private boolean isTooLittle(Resources visible) {
    return visible.isEmpty() || (!ownMinimums && !reaches(config.minAllocatable(), visible));
  }

  /** Whether nobody at all can take what is left: spares a walk through all roles. */
  private boolean isHopeless() {
    if (isTooLittle(left)) {
      return true;
    }
    if (leftPlain) {
      return false;
    }
    for (Resource entry : left.entries()) {
      if (entry.reservations().isEmpty() || roles.hasTakers(entry.role())) {
        return false;
      }
    }
    return true;
  }
}
