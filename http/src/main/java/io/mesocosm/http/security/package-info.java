/**
 * Who sends a request, and whether they may: authentication of requests, what a client shows of
 * itself, and the flags of all that, the same for every role.
 */
@NullMarked
package io.mesocosm.http.security;

import org.jspecify.annotations.NullMarked;
