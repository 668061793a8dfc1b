package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.NodeContent.Split;
import io.mesocosm.coordination.NodeContent.Whole;
import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeContentTest {
  private static final byte[] NOISE = VersionedStoreContract.noise(2_000_000, 1);
  private static final byte[] WORDS = "words ".repeat(400_000).getBytes(UTF_8);

  @Test
  void whatFitsIsStoredAsEarlierVersionsReadIt() {
    byte[] largest = new byte[NodeContent.BYTES_MAX];
    assertThat(NodeContent.of("/r", largest)).isInstanceOf(Whole.class);
    assertThat(((Whole) NodeContent.of("/r", largest)).stored()[4]).isEqualTo(StoredFrame.PLAIN);
  }

  @Test
  void whatFitsWhenDeflatedIsInOneNode() {
    byte[] stored = ((Whole) NodeContent.of("/r", WORDS)).stored();
    assertThat(stored).hasSizeLessThan(NodeContent.BYTES_MAX);
    assertThat(StoredFrame.unwrap("/r", stored)).isEqualTo(WORDS);
    for (int at = 0; at < stored.length; at += 97) {
      byte[] damaged = stored.clone();
      damaged[at] ^= 4;
      assertThatThrownBy(() -> StoredFrame.unwrap("/r", damaged))
          .isInstanceOf(CorruptRecordException.class);
    }
  }

  @Test
  void whatDoesNotFitIsSplitAndPutTogether() {
    Split split = (Split) NodeContent.of("/r", NOISE);
    PartsHead head = PartsHead.parse("/r", split.head(-7).stored());
    assertThat(head).isEqualTo(split.head(-7));
    assertThat(head.partNames()).hasSize(3).first().isEqualTo(".part-fffffffffffffff9-0");
    List<byte[]> parts = List.of(part(split, 0), part(split, 1), part(split, 2));
    assertThat(head.record("/r", parts)).isEqualTo(NOISE);
    assertThatThrownBy(() -> head.record("/r", parts.reversed()))
        .isInstanceOf(CorruptRecordException.class);
    assertThatThrownBy(() -> head.record("/r", parts.subList(0, 2)))
        .isInstanceOf(CorruptRecordException.class);
    assertThatThrownBy(() -> StoredFrame.unwrap("/r", head.stored()))
        .as("a head is no record")
        .isInstanceOf(CorruptRecordException.class);
  }

  @Test
  void everyDamageOfAHeadIsFound() {
    byte[] stored = ((Split) NodeContent.of("/r", NOISE)).head(1).stored();
    for (int bit = 0; bit < stored.length * 8; bit++) {
      byte[] damaged = stored.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> PartsHead.parse("/r", damaged))
          .isInstanceOf(CorruptRecordException.class);
    }
    for (int length = 0; length < stored.length; length++) {
      byte[] torn = Arrays.copyOf(stored, length);
      assertThatThrownBy(() -> PartsHead.parse("/r", torn))
          .isInstanceOf(CorruptRecordException.class);
    }
  }

  @Test
  void whatClaimsToBeLongerThanItIsIsRefused() {
    byte[] packed = Deflation.deflate(WORDS);
    assertThat(Deflation.inflate("/r", packed, WORDS.length)).isEqualTo(WORDS);
    assertThatThrownBy(() -> Deflation.inflate("/r", packed, WORDS.length + 1))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/r");
    assertThatThrownBy(() -> Deflation.inflate("/r", packed, -1))
        .isInstanceOf(CorruptRecordException.class);
    assertThatThrownBy(() -> Deflation.inflate("/r", new byte[] {1, 2, 3}, 10))
        .isInstanceOf(CorruptRecordException.class);
  }

  private static byte[] part(Split split, int index) {
    return split.head(1).part(split.packed(), index);
  }
}
