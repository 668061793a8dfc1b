/**
 * What stands between the core of the services scheduler and the world: the store's writer and the
 * link to the master. Everything that blocks does so here, on threads of its own.
 */
@NullMarked
package io.mesocosm.services.shell;

import org.jspecify.annotations.NullMarked;
