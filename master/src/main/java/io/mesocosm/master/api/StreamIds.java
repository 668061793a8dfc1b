package io.mesocosm.master.api;

import io.mesocosm.master.StreamId;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Draws stream ids: random UUIDs. Thread-safe. */
final class StreamIds {
  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final RandomGenerator random;

  StreamIds(RandomGenerator random) {
    this.random = random;
  }

  // HTTP threads meet here, and not every generator can be shared.
  synchronized StreamId next() {
    long high = random.nextLong() & ~0xF000L | VERSION_4;
    long low = random.nextLong() & ~(3L << 62) | VARIANT;
    return new StreamId(new UUID(high, low).toString());
  }
}
