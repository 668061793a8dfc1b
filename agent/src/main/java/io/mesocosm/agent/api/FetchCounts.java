package io.mesocosm.agent.api;

/**
 * What came of the containers that had something to fetch.
 *
 * @param succeeded containers that got all of it
 * @param failed containers that did not start for want of it
 */
public record FetchCounts(long succeeded, long failed) {}
