/** Backups of the masters' registry: {@code cosm registry}. */
@NullMarked
package io.mesocosm.cli.registry;

import org.jspecify.annotations.NullMarked;
