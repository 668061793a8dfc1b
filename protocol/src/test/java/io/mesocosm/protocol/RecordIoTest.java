package io.mesocosm.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The row T5 of contracts/mesos-scheduler-api.md. */
class RecordIoTest {
  @Test
  void aFrameIsTheLengthInDecimalALineFeedAndThePayload() {
    assertThat(RecordIo.frame("hello\nworld".getBytes(UTF_8)))
        .isEqualTo("11\nhello\nworld".getBytes(UTF_8));
    assertThatThrownBy(() -> RecordIo.frame(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recordsComeBackOneByOneAndThenNothing() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    byte[] large = new byte[100_000];
    stream.write(RecordIo.frame("a".getBytes(UTF_8)));
    stream.write(RecordIo.frame(large));
    stream.write(RecordIo.frame("12\n".getBytes(UTF_8)));
    try (RecordIoReader reader = reader(new ByteArrayInputStream(stream.toByteArray()))) {
      assertThat(reader.next()).hasValue("a".getBytes(UTF_8));
      assertThat(reader.next()).hasValue(large);
      assertThat(reader.next()).hasValue("12\n".getBytes(UTF_8));
      assertThat(reader.next()).isEmpty();
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void chunkBoundariesCarryNoMeaning() throws Exception {
    InputStream byteByByte =
        new ByteArrayInputStream("5\nhello3\nyou".getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(1, length));
          }
        };
    try (RecordIoReader reader = reader(byteByByte)) {
      assertThat(reader.next()).hasValue("hello".getBytes(UTF_8));
      assertThat(reader.next()).hasValue("you".getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "x\nhello",
        "-1\nx",
        "+1\nx",
        " 1\nx",
        "1\r\nx",
        "0x1\nx",
        "1.0\nx",
        "٣\nabc"
      })
  void aMalformedLengthIsNoRecordIo(String stream) throws Exception {
    try (RecordIoReader reader = reader(stream)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not RecordIO");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0\n", "1000001\nx", "4294967297\nx", "18446744073709551615\nx"})
  void aLengthOutOfRangeIsRefusedBeforeAnythingIsRead(String stream) throws Exception {
    try (RecordIoReader reader = reader(stream)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("1 to 1000000 are allowed");
    }
  }

  @Test
  void anEndlessLengthIsRefusedAfterTwentyDigits() throws Exception {
    try (RecordIoReader reader = reader("9".repeat(1_000_000))) {
      assertThatThrownBy(reader::next).hasMessageContaining("not RecordIO");
    }
  }

  @Test
  void aRecordOfExactlyTheLimitPasses() throws Exception {
    byte[] record = new byte[1_000_000];
    try (RecordIoReader reader = reader(new ByteArrayInputStream(RecordIo.frame(record)))) {
      assertThat(reader.next()).hasValue(record);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "5\n", "5\nhell"})
  void anEndInsideARecordIsNoCleanEnd(String stream) throws Exception {
    try (RecordIoReader reader = reader(stream)) {
      assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }
  }

  private static RecordIoReader reader(String stream) {
    return reader(new ByteArrayInputStream(stream.getBytes(UTF_8)));
  }

  private static RecordIoReader reader(InputStream stream) {
    return new RecordIoReader(stream, 1_000_000);
  }
}
