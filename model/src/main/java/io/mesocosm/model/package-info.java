/**
 * Identifiers and other plain values that every room speaks of. Immutable; depends on the JDK only.
 */
@NullMarked
package io.mesocosm.model;

import org.jspecify.annotations.NullMarked;
