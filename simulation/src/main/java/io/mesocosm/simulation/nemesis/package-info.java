/** What goes wrong and what is asked for in a run, drawn from the seed before it begins. */
@NullMarked
package io.mesocosm.simulation.nemesis;

import org.jspecify.annotations.NullMarked;
