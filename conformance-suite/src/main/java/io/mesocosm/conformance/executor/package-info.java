/** Rows of the executor API contract. */
@NullMarked
package io.mesocosm.conformance.executor;

import org.jspecify.annotations.NullMarked;
