/** Benchmarks of a whole master, with simulated agents and schedulers over the real wire. */
@NullMarked
package io.mesocosm.bench;

import org.jspecify.annotations.NullMarked;
