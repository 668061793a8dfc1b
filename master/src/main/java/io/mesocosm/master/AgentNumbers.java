package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Tells a SUBSCRIBE that was overtaken by a later one of the same agent: what it says has run since
 * is not the truth any more, and tasks launched meanwhile would be taken for lost. A first attempt
 * that was given up may arrive like that, or what a proxy sends again.
 *
 * <p>Agents that have no id yet are told by their incarnation, others by their id, as their numbers
 * go on from one life to the next. Of agents of older versions, which do not number, none is late.
 * Owned by the master's thread.
 */
final class AgentNumbers {
  /**
   * How long anything may be under way. After that a lower number is no message of the past, but an
   * agent that was put back to a copy of its past, and is let in.
   */
  static final Duration LATENESS_MAX = Duration.ofMinutes(15);

  private record Newest(long number, Instant at) {}

  // Both in the order of time.
  private final SequencedMap<AgentId, Newest> byAgent = new LinkedHashMap<>();
  private final SequencedMap<ByteString, Newest> byIncarnation = new LinkedHashMap<>();

  boolean isLate(Optional<AgentId> id, LinkCall.Subscribe call, Instant now) {
    return isNumbered(call)
        && (isBehind(call, byIncarnation, Optional.of(call.getIncarnation()), now)
            || isBehind(call, byAgent, id, now));
  }

  private static <K> boolean isBehind(
      LinkCall.Subscribe call, Map<K, Newest> newest, Optional<K> key, Instant now) {
    return key.map(newest::get)
        .filter(it -> isRemembered(it, now))
        .filter(it -> Long.compareUnsigned(call.getNumber(), it.number()) <= 0)
        .isPresent();
  }

  /** It counts from now on, and none before it. */
  void accepted(AgentId id, LinkCall.Subscribe call, Instant now) {
    if (isNumbered(call)) {
      Newest newest = new Newest(call.getNumber(), now);
      byAgent.putLast(id, newest);
      byIncarnation.putLast(call.getIncarnation(), newest);
    }
    forgetOld(byAgent, now);
    forgetOld(byIncarnation, now);
  }

  private static <K> void forgetOld(SequencedMap<K, Newest> all, Instant now) {
    while (!all.isEmpty() && !isRemembered(all.firstEntry().getValue(), now)) {
      all.pollFirstEntry();
    }
  }

  private static boolean isRemembered(Newest newest, Instant now) {
    return now.isBefore(newest.at().plus(LATENESS_MAX));
  }

  private static boolean isNumbered(LinkCall.Subscribe call) {
    return call.hasIncarnation() && call.hasNumber();
  }
}
