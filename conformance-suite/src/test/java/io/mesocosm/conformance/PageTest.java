package io.mesocosm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  @TempDir private Path folder;

  @Test
  void onlyWhatIsBetweenTheMarkersIsReplaced() throws IOException {
    Path file = folder.resolve("page.md");
    Files.writeString(file, "before\n<!-- conformance -->\nold\n<!-- /conformance -->\nafter\n");

    new Page(file).show("new\n");

    assertThat(file)
        .hasContent("before\n<!-- conformance -->\nnew\n<!-- /conformance -->\nafter\n");
  }

  @Test
  void aPageWithoutMarkersBecomesTheTable() throws IOException {
    Path file = folder.resolve("page.md");

    new Page(file).show("table\n");

    assertThat(file).hasContent("table\n");
  }
}
