/**
 * Resources and their algebra: fixed-point scalars, ranges and sets, added and subtracted without
 * drift. Immutable.
 */
@NullMarked
package io.mesocosm.model.resource;

import org.jspecify.annotations.NullMarked;
