package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.LaunchHalt;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchHaltCodecTest {
  @Test
  void haltsReadAsTheyWereWritten() {
    Instant at = Instant.parse("2026-01-02T03:04:05.678901234Z");
    StoredRecord stored =
        new StoredRecord.HaltRecord(
            new AppId("/a/b"),
            List.of(
                new LaunchHalt(at.minusSeconds(9), 3, "TASK_FAILED: \"no\" such", at),
                new LaunchHalt(at.minusSeconds(1), 5, "TASK_LOST", at)));
    RecordCodec codec = new RecordCodec(new AppReader("*"), new PodReader("*", Optional.empty()));
    assertThat(stored.path()).isEqualTo("/halts/a%2Fb");
    assertThat(codec.decode(stored.path(), codec.encode(stored))).isEqualTo(stored);
    assertThat(RecordCodec.folders()).contains("/halts");
  }
}
