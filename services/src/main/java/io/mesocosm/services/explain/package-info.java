/**
 * Why an app or a pod does not run as wanted, and what would make it: computed from what the core
 * shows and what the master says, on the thread of whoever asks. Pure.
 */
@NullMarked
package io.mesocosm.services.explain;

import org.jspecify.annotations.NullMarked;
