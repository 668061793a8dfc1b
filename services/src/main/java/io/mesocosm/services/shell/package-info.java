/**
 * The process around the core of the services scheduler: flags, the election and what it changes,
 * the way to the leader, the store's writer and the link to the master. Everything that blocks does
 * so here, on threads of its own.
 */
@NullMarked
package io.mesocosm.services.shell;

import org.jspecify.annotations.NullMarked;
