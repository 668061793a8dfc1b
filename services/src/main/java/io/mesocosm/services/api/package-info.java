/**
 * The HTTP routes of the Marathon API: each reads a request on its virtual thread, asks the core
 * through a typed proxy or reads its snapshot, and writes the answer. No rules of its own.
 */
@NullMarked
package io.mesocosm.services.api;

import org.jspecify.annotations.NullMarked;
