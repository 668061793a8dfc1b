/** Rows of the scheduler API contract. */
@NullMarked
package io.mesocosm.conformance.scheduler;

import org.jspecify.annotations.NullMarked;
