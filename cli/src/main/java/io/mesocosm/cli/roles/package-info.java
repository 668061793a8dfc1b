/** One role alone in a process: flags in, a running master, agent or services scheduler out. */
@NullMarked
package io.mesocosm.cli.roles;

import org.jspecify.annotations.NullMarked;
