/** Rows of the operator API contract. */
@NullMarked
package io.mesocosm.conformance.operator;

import org.jspecify.annotations.NullMarked;
