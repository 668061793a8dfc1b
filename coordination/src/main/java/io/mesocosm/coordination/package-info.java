/**
 * What the cluster remembers and agrees on: a small versioned store, over ZooKeeper or in memory;
 * elections, whose deposed leaders cannot write; and a ZooKeeper, alone or one of an ensemble, that
 * runs inside our process.
 */
@NullMarked
package io.mesocosm.coordination;

import org.jspecify.annotations.NullMarked;
