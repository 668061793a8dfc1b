/**
 * Level one of two-level scheduling: given agents and frameworks, who is offered what. Pure and
 * single-threaded; the master's core owns one and calls it on its own thread.
 */
@NullMarked
package io.mesocosm.allocator;

import org.jspecify.annotations.NullMarked;
