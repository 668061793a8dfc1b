/**
 * A master that runs: flags, event loop, timers, HTTP server, the store of the registry, and the
 * readers' copy.
 */
@NullMarked
package io.mesocosm.master.shell;

import org.jspecify.annotations.NullMarked;
