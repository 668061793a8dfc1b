package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * Agents that have subscribed and are being written down; nobody sees anything of them until that
 * is done (contracts/mesos-ha.md A4). Any number may be under way at once. Of several subscriptions
 * of one agent the latest counts. Owned by the master's thread.
 */
final class AgentAdmission {
  /**
   * An agent's subscription, checked.
   *
   * @param total of the agent, mapped
   */
  record Joining(StreamId stream, LinkCall.Subscribe call, String ip, Resources total) {
    AgentInfo info(AgentId id) {
      return call.getAgentInfo().toBuilder()
          .setId(AgentID.newBuilder().setValue(id.value()))
          .build();
    }

    private Address address() {
      return new Address(call.getAgentInfo().getHostname(), call.getAgentInfo().getPort());
    }
  }

  /** Names an agent that has no id yet. */
  private record Address(String hostname, int port) {}

  /** What follows. */
  interface Outcome {
    /** It is written down. Its stream may be closed by now: then that is told next. */
    void admitted(AgentId id, Joining joining, Instant now);

    void streamIsClosed(StreamId stream, Instant now);

    /** It could not be written down; its stream is closed, and it will ask again. */
    void failed(AgentId id, Instant now);
  }

  private static final class Pending {
    final AgentId id;
    final boolean fresh;
    Joining joining;
    AgentInfo written;
    String ip;
    boolean open = true;
    int writes;

    Pending(AgentId id, boolean fresh, Joining joining) {
      this.id = id;
      this.fresh = fresh;
      this.joining = joining;
      this.written = joining.info(id);
      this.ip = joining.ip();
    }
  }

  private final AgentRegistrar registrar;
  private final Outbox outbox;
  private final Map<AgentId, Pending> byId = new LinkedHashMap<>();
  private final Map<StreamId, Pending> byStream = new LinkedHashMap<>();
  private final Map<Address, AgentId> freshByAddress = new LinkedHashMap<>();

  AgentAdmission(AgentRegistrar registrar, Outbox outbox) {
    this.registrar = registrar;
    this.outbox = outbox;
  }

  /** The id that an agent without one is getting already, since it asked before. */
  Optional<AgentId> pendingId(Joining joining) {
    return Optional.ofNullable(freshByAddress.get(joining.address()));
  }

  boolean isPending(AgentId id) {
    return byId.containsKey(id);
  }

  /**
   * @param fresh whether the agent does not know its id yet
   */
  void begin(AgentId id, boolean fresh, Joining joining, Outcome outcome, Instant now) {
    Pending pending = byId.get(id);
    if (pending == null) {
      pending = new Pending(id, fresh, joining);
      byId.put(id, pending);
      if (fresh) {
        freshByAddress.put(joining.address(), id);
      }
      byStream.put(joining.stream(), pending);
      write(pending, outcome, now);
    } else {
      replace(pending, joining, outcome, now);
    }
  }

  private void replace(Pending pending, Joining joining, Outcome outcome, Instant now) {
    byStream.remove(pending.joining.stream());
    if (pending.open) {
      outbox.add(new MasterEffect.CloseAgentStream(pending.joining.stream()));
    }
    pending.joining = joining;
    pending.open = true;
    byStream.put(joining.stream(), pending);
    AgentInfo info = joining.info(pending.id);
    if (!info.equals(pending.written) || !joining.ip().equals(pending.ip)) {
      pending.written = info;
      pending.ip = joining.ip();
      write(pending, outcome, now);
    }
  }

  private void write(Pending pending, Outcome outcome, Instant now) {
    int write = ++pending.writes;
    registrar.admit(
        pending.id,
        pending.written,
        pending.ip,
        now,
        then -> {
          if (pending.writes == write) {
            finish(pending, outcome, then);
          }
        },
        (_, then) -> {
          if (pending.writes == write) {
            forget(pending);
            if (pending.open) {
              outbox.add(new MasterEffect.CloseAgentStream(pending.joining.stream()));
            }
            outcome.failed(pending.id, then);
          }
        });
  }

  private void finish(Pending pending, Outcome outcome, Instant now) {
    forget(pending);
    if (pending.fresh && !pending.open) {
      registrar.erase(pending.id); // it has not heard of the id, and asks for another
    } else {
      outcome.admitted(pending.id, pending.joining, now);
      if (!pending.open) {
        outcome.streamIsClosed(pending.joining.stream(), now);
      }
    }
  }

  private void forget(Pending pending) {
    byId.remove(pending.id);
    byStream.remove(pending.joining.stream());
    freshByAddress.remove(pending.joining.address(), pending.id);
  }

  /** Returns whether it was the stream of an agent that is being written down. */
  boolean closed(StreamId stream) {
    Optional<Pending> pending = Optional.ofNullable(byStream.remove(stream));
    pending.ifPresent(own -> own.open = false);
    return pending.isPresent();
  }
}
