package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Draws version-4 UUIDs from an injected source, so that one seed gives one history. */
final class RandomIds {
  private final RandomGenerator random;

  RandomIds(RandomGenerator random) {
    this.random = random;
  }

  ContainerId containerId() {
    return new ContainerId(uuid().toString());
  }

  /** The 16 bytes that name a status update. */
  ByteString updateUuid() {
    return uuidBytes();
  }

  /** 16 bytes. */
  ByteString uuidBytes() {
    UUID uuid = uuid();
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    return ByteString.copyFrom(bytes);
  }

  private UUID uuid() {
    long most = (random.nextLong() & ~0xF000L) | 0x4000L;
    long least = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(most, least);
  }
}
