/**
 * Containers as plain processes, each in a session of its own, led by a small shell that outlives
 * the agent. Called on the agent's virtual threads; one small platform thread waits for each.
 */
@NullMarked
package io.mesocosm.containerizer.process;

import org.jspecify.annotations.NullMarked;
