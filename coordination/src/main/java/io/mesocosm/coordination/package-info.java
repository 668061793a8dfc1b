/**
 * What the cluster remembers: a small versioned store, over ZooKeeper or in memory, and a ZooKeeper
 * that runs inside our process.
 */
@NullMarked
package io.mesocosm.coordination;

import org.jspecify.annotations.NullMarked;
