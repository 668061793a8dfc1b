/**
 * HTTP for every role: a server with routes, whole replies and long-lived streams, and a client for
 * both. Handlers run on virtual threads and may block.
 */
@NullMarked
package io.mesocosm.http;

import org.jspecify.annotations.NullMarked;
