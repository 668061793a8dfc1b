package io.mesocosm.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/** Looks what lies below a node. */
record NodeTree(Pipeline pipeline) {
  private record Names(int code, List<String> names) {}

  /**
   * The nodes of a tree, those below a record before it: for each record its own node, last, after
   * those of its parts. Empty if the node is not there.
   */
  List<List<String>> records(ZooKeeper client, String node)
      throws KeeperException, InterruptedException {
    Map<String, List<String>> namesByNode = new HashMap<>();
    List<String> level = List.of(node);
    while (!level.isEmpty()) {
      List<String> next = new ArrayList<>();
      pipeline.<String, Names>run(
          level,
          (each, answer) ->
              client.getChildren(
                  each,
                  false,
                  (code, _, _, names) -> answer.complete(new Names(code, names)),
                  null),
          (each, answer) -> {
            KeeperException.Code code = KeeperException.Code.get(answer.code());
            if (code == KeeperException.Code.NONODE) {
              return; // gone since its name came
            }
            if (code != KeeperException.Code.OK) {
              throw KeeperException.create(code, each);
            }
            namesByNode.put(each, answer.names());
            for (String name : answer.names()) {
              if (!name.startsWith(RecordPath.PART)) {
                next.add(RecordPath.child(each, name));
              }
            }
          });
      level = next;
    }
    List<List<String>> records = new ArrayList<>();
    collect(node, namesByNode, records);
    return records;
  }

  private static void collect(
      String node, Map<String, List<String>> namesByNode, List<List<String>> into) {
    List<String> names = namesByNode.get(node);
    if (names == null) {
      return;
    }
    List<String> record = new ArrayList<>();
    for (String name : names) {
      String child = RecordPath.child(node, name);
      if (name.startsWith(RecordPath.PART)) {
        record.add(child);
      } else {
        collect(child, namesByNode, into);
      }
    }
    record.add(node);
    into.add(record);
  }
}
