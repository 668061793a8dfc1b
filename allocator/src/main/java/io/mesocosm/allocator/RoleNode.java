package io.mesocosm.allocator;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A role among its siblings (S4). Its own frameworks compete with the roles below it as one more
 * sibling of weight 1.
 */
final class RoleNode extends Standing {
  private final String path;
  private final @Nullable RoleNode parent;
  private final @Nullable QuotaAccount account;
  private final SortedMap<String, RoleNode> children = new TreeMap<>();
  private final Ranking<Standing> branches;
  private final Own own;

  /** How many takers below and at it take offers now. */
  private int takers;

  RoleNode(
      String path,
      double weight,
      @Nullable RoleNode parent,
      @Nullable QuotaAccount account,
      Ranking<Standing> branches,
      Ranking<Taker> ownTakers) {
    super(path, weight);
    this.path = path;
    this.parent = parent;
    this.account = account;
    this.branches = branches;
    this.own = new Own(this, ownTakers);
  }

  String path() {
    return path;
  }

  @Nullable RoleNode parent() {
    return parent;
  }

  /** The quota of its top-level role; throws for the root, which has none. */
  QuotaAccount account() {
    if (account == null) {
      throw new IllegalStateException("role '" + path + "' is above all roles and has no quota");
    }
    return account;
  }

  SortedMap<String, RoleNode> children() {
    return children;
  }

  /** The own frameworks and the roles below that have takers, in order. */
  Ranking<Standing> branches() {
    return branches;
  }

  Own own() {
    return own;
  }

  int takers() {
    return takers;
  }

  void addTakers(int more) {
    takers += more;
  }

  boolean isIdle() {
    return children.isEmpty()
        && own.members.isEmpty()
        && held().isZero()
        && (account == null || !account.role().equals(path) || account.isIdle());
  }

  @Override
  Ranking<?> siblings() {
    return siblingsOf(this);
  }

  static Ranking<Standing> siblingsOf(RoleNode node) {
    if (node.parent == null) {
      throw new IllegalStateException("the root of the roles has no siblings");
    }
    return node.parent.branches;
  }

  /** The frameworks of the role itself, as one sibling of the roles below it. */
  static final class Own extends Standing {
    private final RoleNode role;
    private final Ranking<Taker> takers;
    private final SortedMap<String, Taker> members = new TreeMap<>();

    private Own(RoleNode role, Ranking<Taker> takers) {
      super(role.path() + "/.", 1);
      this.role = role;
      this.takers = takers;
    }

    RoleNode role() {
      return role;
    }

    /** Those that take offers now, in order. */
    Ranking<Taker> takers() {
      return takers;
    }

    /** All that subscribe or hold anything, by framework id. */
    SortedMap<String, Taker> members() {
      return members;
    }

    @Override
    Ranking<?> siblings() {
      return role.branches();
    }
  }
}
