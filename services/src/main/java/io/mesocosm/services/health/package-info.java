/**
 * Health checks that are carried out from here: HTTP, HTTPS and TCP probes of running instances,
 * each on a virtual thread, whose results go back to the core as commands.
 */
@NullMarked
package io.mesocosm.services.health;

import org.jspecify.annotations.NullMarked;
