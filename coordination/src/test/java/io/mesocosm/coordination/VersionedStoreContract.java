package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.VersionConflictException;
import io.mesocosm.coordination.VersionedStore.Versioned;
import org.junit.jupiter.api.Test;

/** What every store promises, whatever it is made of. */
abstract class VersionedStoreContract {
  abstract VersionedStore store();

  @Test
  void aRecordIsReadAsItWasWritten() {
    assertThat(store().get("/a/b")).isEmpty();
    store().create("/a/b", bytes("one"));
    assertThat(text(store().get("/a/b").orElseThrow())).isEqualTo("one");
    assertThat(store().get("/a")).as("a folder is no record").isEmpty();
  }

  @Test
  void creatingWhatIsThereConflicts() {
    store().create("/once", bytes("one"));
    assertThatThrownBy(() -> store().create("/once", bytes("two")))
        .isInstanceOf(VersionConflictException.class);
  }

  @Test
  void replacingNeedsTheVersionThatWasRead() {
    Versioned first = store().create("/r", bytes("one"));
    Versioned second = store().replace("/r", bytes("two"), first.version());
    assertThat(second.version()).isGreaterThan(first.version());
    assertThatThrownBy(() -> store().replace("/r", bytes("three"), first.version()))
        .isInstanceOf(VersionConflictException.class)
        .hasMessageContaining("/r");
    assertThatThrownBy(() -> store().replace("/nobody", bytes("x"), 0))
        .isInstanceOf(VersionConflictException.class);
    assertThat(text(store().get("/r").orElseThrow())).isEqualTo("two");
  }

  @Test
  void puttingWritesWhateverWasThere() {
    store().put("/p/q", bytes("one"));
    Versioned second = store().put("/p/q", bytes("two"));
    assertThat(store().get("/p/q").orElseThrow().version()).isEqualTo(second.version());
  }

  @Test
  void childrenAreTheRecordsDirectlyBelow() {
    store().put("/apps/b", bytes("2"));
    store().put("/apps/a", bytes("1"));
    store().put("/apps/a/deep", bytes("no"));
    store().put("/other", bytes("no"));
    assertThat(store().children("/apps")).containsOnlyKeys("/apps/a", "/apps/b");
    assertThat(store().children("/none")).isEmpty();
  }

  @Test
  void deletingTakesWhatIsBelowAndTwiceIsNoFailure() {
    store().put("/d/e", bytes("1"));
    store().delete("/d");
    store().delete("/d");
    assertThat(store().get("/d/e")).isEmpty();
  }

  @Test
  void aRecordAboveTheLimitIsRefusedByNameAndSize() {
    assertThatThrownBy(() -> store().put("/big", new byte[900_001]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/big")
        .hasMessageContaining("900001");
    store().put("/fits", new byte[900_000]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Versioned record) {
    return new String(record.bytes(), UTF_8);
  }
}
