/**
 * The JSON of the Marathon API: reading app definitions with every old way of writing them, the
 * rules that they must meet, and writing what readers ask for. Pure functions between trees and
 * values; the only place besides the routes that knows Jackson.
 */
@NullMarked
package io.mesocosm.services.json;

import org.jspecify.annotations.NullMarked;
