/**
 * Containers on the Docker Engine, over its socket. Called on the agent's virtual threads; the
 * Docker client adds threads of its own that read each container's output and await its end.
 */
@NullMarked
package io.mesocosm.containerizer.docker;

import org.jspecify.annotations.NullMarked;
