/**
 * The agent's HTTP endpoints, on virtual threads: the state of the last published snapshot,
 * metrics, and the files of sandboxes. Reads only.
 */
@NullMarked
package io.mesocosm.agent.api;

import org.jspecify.annotations.NullMarked;
