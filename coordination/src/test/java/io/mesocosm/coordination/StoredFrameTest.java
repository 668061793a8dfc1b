package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StoredFrameTest {
  private static final byte[] STORED = StoredFrame.wrap("/r", "content".getBytes(UTF_8));

  @Test
  void whatWasWrappedIsUnwrapped() {
    assertThat(StoredFrame.unwrap("/r", STORED)).isEqualTo("content".getBytes(UTF_8));
  }

  @Test
  void everyFlippedBitIsFound() {
    for (int bit = 0; bit < STORED.length * 8; bit++) {
      byte[] damaged = STORED.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertCorrupt(damaged);
    }
  }

  @Test
  void everyTruncationAndExtensionIsFound() {
    for (int length = 0; length < STORED.length; length++) {
      assertCorrupt(Arrays.copyOf(STORED, length));
    }
    assertCorrupt(Arrays.copyOf(STORED, STORED.length + 1));
  }

  @Test
  void aNewerFormatIsNamed() {
    byte[] newer = STORED.clone();
    newer[4] = 4;
    assertThatThrownBy(() -> StoredFrame.unwrap("/r", newer))
        .hasMessageContaining("its format is 4, and this version reads 1 to 3");
  }

  private static void assertCorrupt(byte[] stored) {
    assertThatThrownBy(() -> StoredFrame.unwrap("/r", stored))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/r");
  }
}
