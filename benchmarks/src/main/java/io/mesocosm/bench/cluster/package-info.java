/**
 * A cluster to measure: a master in a process of its own, and simulated agents and schedulers that
 * speak its real protocols.
 */
@NullMarked
package io.mesocosm.bench.cluster;

import org.jspecify.annotations.NullMarked;
