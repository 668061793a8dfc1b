/**
 * Mesos messages on the wire: JSON as Mesos writes it, RecordIO, media types, and the mapping of
 * resources to {@link io.mesocosm.model}. Pure functions, for any thread.
 */
@NullMarked
package io.mesocosm.protocol;

import org.jspecify.annotations.NullMarked;
