/**
 * App definitions as values: what an app is asked to be, without a word of JSON. Immutable; a
 * definition that exists was validated by those who read it.
 */
@NullMarked
package io.mesocosm.services.app;

import org.jspecify.annotations.NullMarked;
