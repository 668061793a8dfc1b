/**
 * Containers as plain processes, each in a session of its own, started and watched through the C
 * library. Called on the agent's virtual threads; one small platform thread waits for each process.
 */
@NullMarked
package io.mesocosm.containerizer.process;

import org.jspecify.annotations.NullMarked;
