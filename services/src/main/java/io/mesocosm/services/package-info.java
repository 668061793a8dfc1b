/**
 * The services scheduler: {@link io.mesocosm.services.Services} is its single-threaded core, a
 * scheduler on the public v1 API that keeps apps running as their definitions say; commands come
 * in, effects go out, readers get snapshots.
 */
@NullMarked
package io.mesocosm.services;

import org.jspecify.annotations.NullMarked;
