/**
 * The cluster: the real cores of masters, agents and schedulers in simulated shells, and those who
 * use them.
 */
@NullMarked
package io.mesocosm.simulation.cluster;

import org.jspecify.annotations.NullMarked;
