/**
 * Measures what apps have to do, for those whose number of instances follows from it: metrics by
 * HTTP, and what containers use of their cpus, as their agents tell.
 */
@NullMarked
package io.mesocosm.services.autoscale;

import org.jspecify.annotations.NullMarked;
