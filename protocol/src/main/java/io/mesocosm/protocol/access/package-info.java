/**
 * The texts that access is described in: access control lists, credentials files, JSON Web Tokens.
 * Pure.
 */
@NullMarked
package io.mesocosm.protocol.access;

import org.jspecify.annotations.NullMarked;
