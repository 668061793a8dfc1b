package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long frameworks may stay away, over the lives of several masters (contracts/mesos-ha.md §6,
 * invariant 15). Unlike Mesos, where a framework that never comes back after a failover runs on for
 * ever, its failover timeout goes on under the next master:
 *
 * <ul>
 *   <li>a framework that has something to lose is written down when its scheduler goes away, with
 *       the time; a later master lets the rest of its time pass;
 *   <li>one that was connected when its master ended is known from agents only: its time begins
 *       when the new master learns of it;
 *   <li>no framework is removed before agents of the earlier master had their time to come back, so
 *       that its scheduler has at least as long to find the new master.
 * </ul>
 *
 * Owned by the master's thread.
 */
final class AbsentFrameworks {
  private static final long SECONDS_MAX = 1_000_000_000_000L;

  private final MasterConfig config;
  private final Records records;
  private final Outbox outbox;

  /** Known from agents only, with the time when that was learnt; until re-registration is over. */
  private final Map<FrameworkId, Framework> learnt = new LinkedHashMap<>();

  AbsentFrameworks(MasterConfig config, Records records, Outbox outbox) {
    this.config = config;
    this.records = records;
    this.outbox = outbox;
  }

  /** Its scheduler has gone away, as this master has seen. */
  void left(Framework framework, Instant now) {
    await(framework, now.plus(failoverTimeout(framework)));
    write(framework, now);
  }

  /** An earlier master has written it down. */
  void recovered(Framework framework, Instant since, Instant now) {
    records.found(name(framework.id()));
    Instant until = since.plus(failoverTimeout(framework));
    Instant earliest = now.plus(config.agentReregisterTimeout());
    await(framework, until.isBefore(earliest) ? earliest : until);
  }

  /** An agent runs something of it, and nobody else has spoken of it. */
  void learnt(Framework framework, Instant now) {
    Duration own = failoverTimeout(framework);
    Duration least = config.agentReregisterTimeout();
    await(framework, now.plus(own.compareTo(least) < 0 ? least : own));
    learnt.put(framework.id(), framework);
  }

  /** Those that have not subscribed are written down: this master may fail too. */
  void reregistrationOver() {
    learnt.values().forEach(framework -> write(framework, framework.registeredAt()));
    learnt.clear();
  }

  /** It is back, or removed. */
  void ended(FrameworkId id) {
    learnt.remove(id);
    records.discard(name(id));
    outbox.cancelTimer(new MasterTimer.FrameworkFailover(id));
  }

  private void await(Framework framework, Instant until) {
    framework.awaitFailover(until);
    outbox.setTimer(new MasterTimer.FrameworkFailover(framework.id()), until);
  }

  private void write(Framework framework, Instant since) {
    boolean mayLose = !framework.tasks().isEmpty() || !framework.unreachableTasks().isEmpty();
    if (mayLose && !failoverTimeout(framework).isZero()) {
      records.put(
          name(framework.id()),
          RegistryRecord.newBuilder()
              .setAbsentFramework(
                  RegistryProtos.AbsentFramework.newBuilder()
                      .setInfo(framework.info())
                      .setSince(AgentMark.time(since)))
              .build(),
          _ -> {
            if (framework.isConnected() || framework.isRemoved()) {
              records.discard(name(framework.id()));
            }
          },
          (_, _) -> {});
    }
  }

  private static Duration failoverTimeout(Framework framework) {
    double seconds = Math.min(framework.info().getFailoverTimeout(), SECONDS_MAX);
    return Duration.ofMillis((long) (seconds * 1000));
  }

  private static String name(FrameworkId id) {
    return "frameworks/" + id;
  }
}
