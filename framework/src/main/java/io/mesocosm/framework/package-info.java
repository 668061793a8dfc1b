/**
 * The client library for schedulers: one subscription to the v1 scheduler API, kept alive, and
 * calls beside it. The public Java API of Mesocosm.
 */
@NullMarked
package io.mesocosm.framework;

import org.jspecify.annotations.NullMarked;
