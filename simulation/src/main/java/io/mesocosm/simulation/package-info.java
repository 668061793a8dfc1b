/**
 * A whole cluster in one thread, from one seed, and the program that runs many of them to find what
 * breaks a promise.
 */
@NullMarked
package io.mesocosm.simulation;

import org.jspecify.annotations.NullMarked;
