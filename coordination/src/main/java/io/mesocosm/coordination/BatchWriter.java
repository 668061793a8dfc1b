package io.mesocosm.coordination;

import io.mesocosm.coordination.NodeChange.Fill;
import io.mesocosm.coordination.NodeChange.Make;
import io.mesocosm.coordination.NodeChange.Remove;
import io.mesocosm.coordination.NodeWriter.Outcome;
import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Carries out changes in one transaction. Whether a record's node is to be made or written, and
 * which folders are missing, is guessed from what we have seen; ZooKeeper refuses a wrong guess,
 * and then a look tells. It repeats nothing that a lost connection ended.
 */
final class BatchWriter {
  private static final int LOOKS_MAX = 100; // others would have to change something each time

  private final ZooKeeperAddress address;
  private final NodeAccess access;
  private final NodeWriter writer;
  private final KnownNodes known;
  private final Pipeline pipeline;
  private final NodeTree tree;

  BatchWriter(ZooKeeperAddress address, NodeWriter writer, KnownNodes known, Pipeline pipeline) {
    this.address = address;
    this.access = new NodeAccess(address);
    this.writer = writer;
    this.known = known;
    this.pipeline = pipeline;
    this.tree = new NodeTree(pipeline);
  }

  private record Found(int code, Stat stat) {}

  /**
   * Changes all or nothing, but for one removal of more than fits in a transaction, whose tree goes
   * in pieces.
   *
   * @return what became of each record that was filled; absent if the changes are too many or too
   *     large together, and nothing was done: try fewer
   */
  Optional<List<Outcome>> write(ZooKeeper client, List<NodeChange> changes)
      throws KeeperException, InterruptedException {
    Optional<Presence> guess = guess(changes);
    for (int looks = 0; looks < LOOKS_MAX; looks++) {
      Presence presence = guess.isPresent() ? guess.get() : look(client, changes);
      guess = Optional.empty();
      Transaction transaction = Transaction.of(address, access, changes, presence);
      if (!transaction.fits() && changes.size() > 1) {
        return Optional.empty();
      }
      try {
        if (!transaction.fits() && changes.getFirst() instanceof Remove(String path)) {
          writer.deleteTree(client, path, tree);
          return Optional.of(List.of());
        }
        return Optional.of(carryOut(client, changes.getFirst().path(), transaction));
      } catch (KeeperException.NoNodeException
          | KeeperException.NodeExistsException
          | KeeperException.NotEmptyException _) {
        continue; // a wrong guess, or others write here too
      }
    }
    throw new StoreUnavailableException(
        "others change what is at record " + changes.getFirst().path() + " all the time",
        new IllegalStateException(LOOKS_MAX + " attempts"));
  }

  private List<Outcome> carryOut(ZooKeeper client, String path, Transaction transaction)
      throws KeeperException, InterruptedException {
    if (transaction.operations().isEmpty()) {
      return List.of();
    }
    List<OpResult> results = writer.write(client, path, transaction.operations());
    transaction
        .thereByNode()
        .forEach((node, there) -> {
          if (there) {
            known.add(node);
          } else {
            known.forget(node);
          }
        });
    List<Outcome> outcomes = new ArrayList<>();
    transaction
        .filledAt()
        .forEach((filled, place) -> outcomes.add(NodeWriter.outcome(filled, results.get(place))));
    return outcomes;
  }

  /** Absent where a guess would most likely be wrong. */
  private Optional<Presence> guess(List<NodeChange> changes) {
    for (NodeChange change : changes) {
      String node = address.node(change.path());
      boolean guessed =
          switch (change) {
            case Fill _, Make _ -> known.contains(node) || known.contains(NodeAccess.parent(node));
            case Remove _ -> known.contains(node);
          };
      if (!guessed) {
        return Optional.empty();
      }
    }
    return Optional.of(Presence.remembered(known));
  }

  private Presence look(ZooKeeper client, List<NodeChange> changes)
      throws KeeperException, InterruptedException {
    Set<String> nodes = new LinkedHashSet<>();
    Set<String> removed = new LinkedHashSet<>();
    for (NodeChange change : changes) {
      String node = address.node(change.path());
      switch (change) {
        case Fill _, Make _ -> addWithFolders(node, nodes);
        case Remove _ -> {
          nodes.add(node);
          removed.add(node);
        }
      }
    }
    Map<String, List<String>> belowByNode = new HashMap<>();
    Set<String> trees = new LinkedHashSet<>();
    pipeline.<String, Found>run(
        nodes,
        (node, answer) ->
            client.exists(
                node, false, (code, _, _, stat) -> answer.complete(new Found(code, stat)), null),
        (node, found) -> {
          KeeperException.Code code = KeeperException.Code.get(found.code());
          if (code == KeeperException.Code.NONODE) {
            known.forget(node);
          } else if (code == KeeperException.Code.OK) {
            known.add(node);
            belowByNode.put(node, List.of());
            if (removed.contains(node) && found.stat().getNumChildren() > 0) {
              trees.add(node);
            }
          } else {
            throw KeeperException.create(code, node);
          }
        });
    for (String node : trees) {
      List<String> below =
          tree.records(client, node).stream()
              .flatMap(List::stream)
              .filter(each -> !each.equals(node))
              .toList();
      below.forEach(each -> belowByNode.putIfAbsent(each, List.of()));
      belowByNode.put(node, below);
    }
    return new Presence.Seen(belowByNode);
  }

  private static void addWithFolders(String node, Set<String> into) {
    for (String each = node; !each.isEmpty(); each = NodeAccess.parent(each)) {
      if (!into.add(each)) {
        return; // and so are those above it
      }
    }
  }
}
