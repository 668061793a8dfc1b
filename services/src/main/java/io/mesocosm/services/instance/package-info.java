/**
 * Instances of apps as values: their ids, conditions, places and health. Immutable; used by the
 * core, its readers and the store.
 */
@NullMarked
package io.mesocosm.services.instance;

import org.jspecify.annotations.NullMarked;
