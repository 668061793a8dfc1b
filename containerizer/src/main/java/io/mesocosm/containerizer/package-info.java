/**
 * Runs containers on one machine: on Docker, or as plain processes, behind {@link Containerizer}.
 * Blocking calls, made on the agent's virtual threads.
 */
@NullMarked
package io.mesocosm.containerizer;

import org.jspecify.annotations.NullMarked;
