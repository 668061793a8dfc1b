package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.VersionConflictException;
import io.mesocosm.coordination.VersionedStore.Versioned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void aFolderOfOthersMayBecomeARecordOnce() {
    store().put("/folder/one", bytes("1"));
    Versioned created = store().create("/folder", bytes("2"));
    assertThat(store().get("/folder").orElseThrow().version()).isEqualTo(created.version());
    assertThatThrownBy(() -> store().create("/folder", bytes("3")))
        .isInstanceOf(VersionConflictException.class)
        .hasMessageContaining("/folder exists already");
    assertThat(text(store().replace("/folder", bytes("4"), created.version()))).isEqualTo("4");
    assertThat(text(store().get("/folder/one").orElseThrow())).isEqualTo("1");
  }

  @Test
  void noVersionMeansAnyVersion() {
    store().put("/v", bytes("1"));
    assertThatThrownBy(() -> store().replace("/v", bytes("2"), -1))
        .isInstanceOf(VersionConflictException.class);
  }

  @Test
  void theTopFolderHasChildrenToo() {
    store().put("/top", bytes("1"));
    store().put("/deep/er", bytes("no"));
    assertThat(store().children("/")).containsOnlyKeys("/top");
  }

  @Test
  void anEmptyRecordIsARecord() {
    store().put("/empty", new byte[0]);
    assertThat(store().get("/empty").orElseThrow().bytes()).isEmpty();
    assertThat(store().children("/")).containsOnlyKeys("/empty");
  }

  @Test
  void whatIsReadIsACopy() {
    byte[] given = bytes("one");
    store().put("/copy", given).bytes()[0] = 'x';
    given[1] = 'x';
    store().get("/copy").orElseThrow().bytes()[2] = 'x';
    assertThat(text(store().get("/copy").orElseThrow())).isEqualTo("one");
  }

  @Test
  void manyChildrenAreReadTogether() {
    for (int i = 0; i < 300; i++) {
      store().put("/many/" + i, bytes("" + i));
    }
    assertThat(store().children("/many"))
        .hasSize(300)
        .allSatisfy((path, record) -> assertThat(path).isEqualTo("/many/" + text(record)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a", "/a/", "//a", "/a//b", "/a/../b", "/.", "/a\u0000b"})
  void pathsThatAreNoneAreRefused(String path) {
    assertThatThrownBy(() -> store().put(path, bytes("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/folder/name");
    assertThatThrownBy(() -> store().get(path)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().delete(path)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Versioned record) {
    return new String(record.bytes(), UTF_8);
  }
}
