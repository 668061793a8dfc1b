/** Rows of the allocation and resources contract. */
@NullMarked
package io.mesocosm.conformance.allocation;

import org.jspecify.annotations.NullMarked;
