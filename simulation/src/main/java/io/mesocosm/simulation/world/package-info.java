/**
 * What the cluster stands on: simulated time, hosts, network, ZooKeeper and disks, all from one
 * seed. One thread.
 */
@NullMarked
package io.mesocosm.simulation.world;

import org.jspecify.annotations.NullMarked;
