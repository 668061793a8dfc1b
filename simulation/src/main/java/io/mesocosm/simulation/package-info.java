/**
 * A whole cluster in one thread, from one seed: the real cores of master, agents and services on
 * simulated time, network and containers, with checkers that look after every step.
 */
@NullMarked
package io.mesocosm.simulation;

import org.jspecify.annotations.NullMarked;
