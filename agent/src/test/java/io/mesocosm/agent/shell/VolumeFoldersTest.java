package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.agent.VolumeChange;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeFoldersTest {
  @TempDir Path folder;

  private Path filled() throws Exception {
    Path volume = folder.resolve("volumes/v");
    Files.createDirectories(volume.resolve("below"));
    Files.writeString(volume.resolve("below/file"), "old");
    Path outside = Files.writeString(folder.resolve("outside"), "kept");
    Files.createSymbolicLink(volume.resolve("link"), outside);
    return volume;
  }

  private void apply(Path volume, VolumeChange.Kind kind) throws Exception {
    VolumeFolders.apply(new VolumeChange(volume.toString(), kind));
  }

  @Test
  void madeVolumeIsEmpty() throws Exception {
    Path volume = filled();

    apply(volume, VolumeChange.Kind.MAKE);

    assertThat(volume).isEmptyDirectory();
    assertThat(folder.resolve("outside")).hasContent("kept");
  }

  @Test
  void deletedVolumeIsGone() throws Exception {
    Path volume = filled();

    apply(volume, VolumeChange.Kind.DELETE);
    apply(volume, VolumeChange.Kind.DELETE);

    assertThat(volume).doesNotExist();
    assertThat(folder.resolve("outside")).hasContent("kept");
  }

  @Test
  void clearedMountStays() throws Exception {
    Path volume = filled();

    apply(volume, VolumeChange.Kind.CLEAR);

    assertThat(volume).isEmptyDirectory();
  }

  @Test
  void keptMountKeepsItsContent() throws Exception {
    Path volume = filled();

    apply(volume, VolumeChange.Kind.KEEP);

    assertThat(volume.resolve("below/file")).hasContent("old");
  }
}
