package io.mesocosm.agent;

/**
 * Whose an executor's token is, as its issuer wrote it down (contracts/mesos-executor-api.md E7).
 *
 * @param frameworkId its claim {@code fid}; empty if it has none
 * @param executorId its claim {@code eid}; empty if it has none
 * @param containerId its claim {@code cid}; empty if it has none
 */
public record ExecutorClaim(String frameworkId, String executorId, String containerId) {}
