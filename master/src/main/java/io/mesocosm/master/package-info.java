/**
 * The master: {@link io.mesocosm.master.Master} is its core, a single-threaded state machine over
 * frameworks, agents, offers and tasks; {@code MasterProcess} is its shell. Everything here but the
 * process, its options and its flags runs on the event loop's thread; readers on other threads see
 * {@link io.mesocosm.master.MasterSnapshot}s.
 */
@NullMarked
package io.mesocosm.master;

import org.jspecify.annotations.NullMarked;
