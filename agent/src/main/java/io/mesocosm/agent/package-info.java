/**
 * The agent's core: which tasks run on one machine, what the master is told of them, and what the
 * shell shall do about it. {@link io.mesocosm.agent.Agent} takes commands on one thread, the event
 * loop's or the simulator's, and answers with effects; it does no I/O and knows no thread. The
 * shell around it is {@code io.mesocosm.agent.shell}.
 *
 * <p>What always holds: a task has at most one container in its life; after its terminal status
 * nothing is said of it but that status again; a status is repeated until it is acknowledged, one
 * in flight for each task, in order.
 */
@NullMarked
package io.mesocosm.agent;

import org.jspecify.annotations.NullMarked;
