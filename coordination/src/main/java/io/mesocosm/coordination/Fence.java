package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.FencedException;
import java.util.List;
import org.apache.zookeeper.Op;

/** What stands before the writes of a store. Thread-safe. */
interface Fence {
  /** Nothing does. */
  Fence NONE =
      new Fence() {
        @Override
        public void requireOpen(String path) {}

        @Override
        public List<Op> guards() {
          return List.of();
        }

        @Override
        public FencedException refused(String path) {
          throw new IllegalStateException("a fence without guards refused record " + path);
        }
      };

  /**
   * Before anything is sent.
   *
   * @throws FencedException if the writer is known to lead no more
   */
  void requireOpen(String path);

  /** What ZooKeeper has to find true in the same instant in which it writes. */
  List<Op> guards();

  /** ZooKeeper did not find it true. */
  FencedException refused(String path);
}
