/**
 * A whole cluster in one JVM on loopback: {@code cosm local}, its start, its stop and what it
 * prints.
 */
@NullMarked
package io.mesocosm.cli.local;

import org.jspecify.annotations.NullMarked;
