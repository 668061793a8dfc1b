package io.mesocosm.services;

import java.time.Instant;

/**
 * What an agent may still keep for a resident instance that is no more. Offers are asked for until
 * it was seen and freed.
 *
 * @param reservation as labelled
 * @param role that it is reserved for
 * @param agentId where it is
 * @param until when it is given up, seen or not
 */
public record Leftover(String reservation, String role, String agentId, Instant until) {}
