/**
 * What tests share: a clock that they move, and the real components that a test requires by name.
 */
@NullMarked
package io.mesocosm.testkit;

import org.jspecify.annotations.NullMarked;
