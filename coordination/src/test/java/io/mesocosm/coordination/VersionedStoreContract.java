package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.VersionConflictException;
import io.mesocosm.coordination.VersionedStore.Versioned;
import io.mesocosm.coordination.VersionedStore.Write;
import io.mesocosm.coordination.VersionedStore.Write.Delete;
import io.mesocosm.coordination.VersionedStore.Write.Put;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
    byte[] tooLarge = new byte[(64 << 20) + 1];
    assertThatThrownBy(() -> store().put("/big", tooLarge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/big")
        .hasMessageContaining("67108865")
        .hasMessageContaining("at most 67108864");
    assertThatThrownBy(() -> store().create("/big", tooLarge))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            store().writeAll(List.of(new Put("/small", bytes("1")), new Put("/big", tooLarge))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store().children("/")).as("nothing was written").doesNotContainKey("/small");
  }

  @Test
  void largeRecordsAreRecordsAsOthers() {
    byte[] noise = noise(5_000_000, 1);
    byte[] words = "a large app ".repeat(200_000).getBytes(UTF_8);
    Versioned first = store().create("/l/noise", noise);
    store().create("/l/words", words);
    assertThat(store().get("/l/noise").orElseThrow().bytes()).isEqualTo(noise);
    assertThat(store().get("/l/words").orElseThrow().bytes()).isEqualTo(words);
    assertThat(store().children("/l")).containsOnlyKeys("/l/noise", "/l/words");
    assertThat(store().children("/l/noise")).as("parts are no records").isEmpty();
    assertThatThrownBy(() -> store().create("/l/noise", noise))
        .isInstanceOf(VersionConflictException.class);
    byte[] other = noise(3_000_000, 2);
    Versioned second = store().replace("/l/noise", other, first.version());
    assertThat(second.version()).isGreaterThan(first.version());
    assertThatThrownBy(() -> store().replace("/l/noise", noise, first.version()))
        .isInstanceOf(VersionConflictException.class);
    assertThatThrownBy(() -> store().replace("/l/nobody", noise, 0))
        .isInstanceOf(VersionConflictException.class);
    assertThat(store().children("/l"))
        .hasEntrySatisfying("/l/noise", record -> assertThat(record.bytes()).isEqualTo(other));
    store().put("/l/noise", bytes("small again"));
    assertThat(text(store().get("/l/noise").orElseThrow())).isEqualTo("small again");
    store().put("/l/noise", noise);
    store().delete("/l/noise");
    assertThat(store().children("/l")).containsOnlyKeys("/l/words");
  }

  @Test
  void aLargeRecordMayBeAFolderToo() {
    byte[] noise = noise(2_000_000, 1);
    store().put("/f/one", bytes("1"));
    store().create("/f", noise);
    store().put("/f/two", noise);
    assertThat(store().children("/f")).containsOnlyKeys("/f/one", "/f/two");
    store().put("/f", bytes("2"));
    assertThat(store().children("/f"))
        .hasEntrySatisfying("/f/two", record -> assertThat(record.bytes()).isEqualTo(noise));
    store().delete("/f");
    assertThat(store().children("/f")).isEmpty();
    assertThat(store().get("/f")).isEmpty();
  }

  @Test
  void writesThatGoTogetherAreCarriedOutInTheirOrder() {
    store().put("/w/old", bytes("1"));
    store().put("/w/tree/leaf", bytes("1"));
    store()
        .writeAll(
            List.of(
                new Put("/w/a", bytes("1")),
                new Put("/w/a", bytes("2")),
                new Put("/new/folder/b", bytes("1")),
                new Delete("/w/old"),
                new Delete("/nothing"),
                new Delete("/w/tree"),
                new Put("/w/c/d", bytes("1")),
                new Put("/w/c", bytes("1")),
                new Delete("/w/c"),
                new Put("/w/c/e", bytes("2")),
                new Put("/w/gone", bytes("1")),
                new Delete("/w/gone"),
                new Put("/w/back", bytes("1")),
                new Delete("/w/back"),
                new Put("/w/back", bytes("3"))));
    assertThat(store().children("/w")).containsOnlyKeys("/w/a", "/w/back");
    assertThat(text(store().get("/w/a").orElseThrow())).isEqualTo("2");
    assertThat(text(store().get("/w/back").orElseThrow())).isEqualTo("3");
    assertThat(store().children("/new/folder")).containsOnlyKeys("/new/folder/b");
    assertThat(store().children("/w/c")).containsOnlyKeys("/w/c/e");
    assertThat(store().children("/w/tree")).isEmpty();
  }

  @Test
  void moreWritesThanGoAtOnceAreAllThere() {
    byte[] noise = noise(1_500_000, 3);
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      writes.add(new Put("/more/" + i, bytes("" + i)));
      if (i % 700 == 0) {
        writes.add(new Put("/more/large" + i, noise));
        writes.add(new Put("/more/half" + i, noise(500_000, i)));
      }
    }
    store().writeAll(writes);
    assertThat(store().children("/more")).hasSize(1_506);
    assertThat(store().get("/more/large700").orElseThrow().bytes()).isEqualTo(noise);
    store().writeAll(List.of());
    store().writeAll(List.of(new Delete("/more")));
    assertThat(store().children("/more")).isEmpty();
  }

  @Test
  void nothingIsWrittenWhereOnePathIsNone() {
    assertThatThrownBy(
            () -> store().writeAll(List.of(new Put("/w/a", bytes("1")), new Delete("no path"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no path");
    assertThat(store().children("/w")).isEmpty();
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
  @ValueSource(
      strings = {
        "",
        "/",
        "a",
        "/a/",
        "//a",
        "/a//b",
        "/a/../b",
        "/.",
        "/a\u0000b",
        "/.part-1",
        "/a/.part-1/b"
      })
  void pathsThatAreNoneAreRefused(String path) {
    assertThatThrownBy(() -> store().put(path, bytes("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/folder/name");
    assertThatThrownBy(() -> store().get(path)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().delete(path)).isInstanceOf(IllegalArgumentException.class);
  }

  /** What cannot be deflated. */
  static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Versioned record) {
    return new String(record.bytes(), UTF_8);
  }
}
