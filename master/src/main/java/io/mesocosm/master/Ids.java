package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Gives out ids in the shapes that users know: the master's id, a dash, a letter, a number. */
final class Ids {
  private final String masterId;
  private long agents;
  private long frameworks;
  private long offers;
  private long operations;

  Ids(String masterId) {
    this.masterId = masterId;
  }

  AgentId nextAgent() {
    return new AgentId(masterId + "-S" + agents++);
  }

  FrameworkId nextFramework() {
    return new FrameworkId(
        masterId + "-" + String.format(java.util.Locale.ROOT, "%04d", frameworks++));
  }

  /** 16 bytes that no other master gives out: its id is in them. */
  ByteString nextOperation() {
    UUID uuid =
        UUID.nameUUIDFromBytes((masterId + "-P" + operations++).getBytes(StandardCharsets.UTF_8));
    return ByteString.copyFrom(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .flip());
  }

  OfferId nextOffer() {
    return new OfferId(masterId + "-O" + offers++);
  }
}
