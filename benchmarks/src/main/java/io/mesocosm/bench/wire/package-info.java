/**
 * A lean HTTP client for thousands of links: one selector thread, incremental parsing, no thread
 * and no buffer per connection.
 */
@NullMarked
package io.mesocosm.bench.wire;

import org.jspecify.annotations.NullMarked;
