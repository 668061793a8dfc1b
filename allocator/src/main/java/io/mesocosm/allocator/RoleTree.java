package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All roles and who takes offers in them, each among its siblings (S4). */
final class RoleTree {
  private final AllocatorConfig config;
  private final ResourceNames names;
  private final Fairness fairness;
  private final RandomGenerator random;
  private final RoleNode root;
  private final SortedMap<String, RoleNode> nodes = new TreeMap<>();
  private final SortedMap<String, Double> weights = new TreeMap<>();

  RoleTree(AllocatorConfig config, ResourceNames names, Fairness fairness, RandomGenerator random) {
    this.config = config;
    this.names = names;
    this.fairness = fairness;
    this.random = random;
    this.root = newNode("", null, null);
  }

  RoleNode root() {
    return root;
  }

  /** All that anybody subscribes to or that hold anything, and the roles above them, by path. */
  SortedMap<String, RoleNode> nodes() {
    return nodes;
  }

  @Nullable RoleNode find(String path) {
    return nodes.get(path);
  }

  /** Finds it or makes it, with the roles above it. */
  RoleNode node(String path) {
    RoleNode known = nodes.get(path);
    if (known != null) {
      return known;
    }
    int slash = path.lastIndexOf('/');
    RoleNode parent = slash < 0 ? root : node(path.substring(0, slash));
    QuotaAccount account =
        slash < 0 ? new QuotaAccount(path, names, config.minAllocatable()) : parent.account();
    RoleNode node = newNode(path, parent, account);
    parent.children().put(path, node);
    nodes.put(path, node);
    return node;
  }

  private RoleNode newNode(String path, @Nullable RoleNode parent, @Nullable QuotaAccount account) {
    return new RoleNode(
        path,
        weights.getOrDefault(path, 1.0),
        parent,
        account,
        new Ranking<>(config.roleSorter(), fairness, random),
        new Ranking<>(config.frameworkSorter(), fairness, random));
  }

  /** Forgets roles that nothing is known of any more. */
  void prune(RoleNode node) {
    RoleNode parent = node.parent();
    if (parent != null && node.isIdle()) {
      parent.children().remove(node.path());
      nodes.remove(node.path());
      prune(parent);
    }
  }

  void setWeight(String path, double weight) {
    weights.put(path, weight);
    RoleNode node = nodes.get(path);
    if (node != null) {
      node.setWeight(weight);
      fairness.reweigh();
    }
  }

  /** Puts a taker among those that are offered resources, or takes it out. */
  void rank(Taker taker, boolean wanted) {
    if (taker.isRanked() == wanted) {
      return;
    }
    RoleNode.Own own = taker.role().own();
    if (wanted) {
      own.takers().enter(taker);
      taker.role().branches().enter(own);
    } else {
      own.takers().leave(taker);
      if (own.takers().isEmpty()) {
        taker.role().branches().leave(own);
      }
    }
    for (RoleNode node = taker.role(), parent = node.parent();
        parent != null;
        node = parent, parent = node.parent()) {
      node.addTakers(wanted ? 1 : -1);
      if (node.takers() > 0) {
        parent.branches().enter(node);
      } else {
        parent.branches().leave(node);
      }
    }
  }

  /** Whether anybody takes offers in the role or below it. */
  boolean hasTakers(String path) {
    RoleNode node = nodes.get(path);
    return node != null && node.takers() > 0;
  }

  /**
   * Counts what a taker holds on an agent, for itself and everybody above it (S4, S8).
   *
   * @param offered whether it is a new offer, which is what ties look at (S3)
   */
  void add(Taker taker, AgentShare agent, Resources resources, boolean offered) {
    Amounts solid = names.ofSolid(resources);
    boolean shares = Kinds.haveShared(resources);
    for (Standing standing : chain(taker)) {
      change(
          standing,
          () -> {
            standing.held().add(solid);
            if (shares) {
              addShared(standing, agent, resources);
            }
            if (offered) {
              standing.countAllocation();
            }
          });
    }
  }

  void subtract(Taker taker, AgentShare agent, Resources resources) {
    Amounts solid = names.ofSolid(resources);
    boolean shares = Kinds.haveShared(resources);
    for (Standing standing : chain(taker)) {
      change(
          standing,
          () -> {
            standing.held().subtract(solid);
            if (shares) {
              subtractShared(standing, agent, resources);
            }
          });
    }
  }

  /** Undoes that an offer was counted: it was never made. */
  void uncountOffer(Taker taker) {
    chain(taker).forEach(standing -> change(standing, standing::uncountAllocation));
  }

  private void addShared(Standing standing, AgentShare agent, Resources resources) {
    for (Resource entry : resources.entries()) {
      if (Kinds.isShared(entry)
          && agent.beginShare(entry, resources.count(entry), standing)
          && entry.value() instanceof Scalar scalar) {
        standing.held().add(names.indexOf(entry.name()), scalar.thousandths());
      }
    }
  }

  private void subtractShared(Standing standing, AgentShare agent, Resources resources) {
    for (Resource entry : resources.entries()) {
      if (Kinds.isShared(entry)
          && agent.endShare(entry, resources.count(entry), standing)
          && entry.value() instanceof Scalar scalar) {
        standing.held().add(names.indexOf(entry.name()), -scalar.thousandths());
      }
    }
  }

  private static void change(Standing standing, Runnable change) {
    switch (standing) {
      case Taker taker -> taker.role().own().takers().change(taker, change);
      case RoleNode.Own own -> own.role().branches().change(own, change);
      case RoleNode node -> {
        RoleNode parent = node.parent();
        if (parent == null) {
          change.run();
        } else {
          parent.branches().change(node, change);
        }
      }
    }
  }

  /** The taker, its siblings as one, its role, and the roles above that, up to the root. */
  private static List<Standing> chain(Taker taker) {
    List<Standing> chain = new ArrayList<>(6);
    chain.add(taker);
    chain.add(taker.role().own());
    for (RoleNode node = taker.role(); node != null; node = node.parent()) {
      chain.add(node);
    }
    return chain;
  }

  /** Which of two comes first in a walk through all takers. */
  int compare(Taker left, Taker right) {
    List<Standing> leftChain = chain(left);
    List<Standing> rightChain = chain(right);
    for (int i = 2; i <= Math.min(leftChain.size(), rightChain.size()); i++) {
      Standing leftStanding = leftChain.get(leftChain.size() - i);
      Standing rightStanding = rightChain.get(rightChain.size() - i);
      if (!leftStanding.equals(rightStanding)) {
        leftStanding.siblings().freshen();
        return Standing.ORDER.compare(leftStanding, rightStanding);
      }
    }
    return 0;
  }

  /** Top-level roles in the order that they are asked in. */
  List<RoleNode> topLevelInOrder(Iterable<QuotaAccount> accounts) {
    root.branches().freshen();
    List<RoleNode> sorted = new ArrayList<>();
    for (QuotaAccount account : accounts) {
      RoleNode node = nodes.get(account.role());
      if (node != null && node.isRanked()) {
        sorted.add(node);
      }
    }
    sorted.sort(Standing.ORDER);
    return sorted;
  }

  /** The part of the cluster that the role has, not weighted. */
  double share(RoleNode node) {
    return fairness.dominantShare(node.held());
  }
}
