/**
 * What every role runs on: the core contract, the event loop that steps a core, timers, flags,
 * metrics and orderly shutdown. Time comes from {@link java.time.InstantSource}. JDK only.
 */
@NullMarked
package io.mesocosm.runtime;

import org.jspecify.annotations.NullMarked;
