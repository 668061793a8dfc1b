/**
 * The agent's shell: the link to the master, containers, checks, timers, flags and HTTP around the
 * core of {@link io.mesocosm.agent}. Blocking work runs on virtual threads and comes back to the
 * core as commands.
 */
@NullMarked
package io.mesocosm.agent.shell;

import org.jspecify.annotations.NullMarked;
