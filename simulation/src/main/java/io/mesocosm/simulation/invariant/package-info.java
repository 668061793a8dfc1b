/**
 * What the cluster promises, one class a promise, each a checker that sees everything that happens.
 */
@NullMarked
package io.mesocosm.simulation.invariant;

import org.jspecify.annotations.NullMarked;
