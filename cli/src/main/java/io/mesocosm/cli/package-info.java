/**
 * The cosm command: one main, one sub-command a role, and commands for people. All wiring is done
 * here, by hand.
 */
@NullMarked
package io.mesocosm.cli;

import org.jspecify.annotations.NullMarked;
