package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.agent.ContainerLaunch.SandboxFolder;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxesTest {
  @TempDir Path folder;

  @Test
  void missingFoldersOfVolumesAreMade() throws Exception {
    Path executor = folder.resolve("executor");
    Path sandbox = executor.resolve("containers/c1");

    Sandboxes.create(
        launch(
            sandbox,
            new SandboxFolder(sandbox.toString(), "own/deep"),
            new SandboxFolder(executor.toString(), "shared")));
    Files.writeString(executor.resolve("shared/file"), "kept");
    Sandboxes.create(
        launch(
            executor.resolve("containers/c2"), new SandboxFolder(executor.toString(), "shared")));

    assertThat(sandbox.resolve("own/deep")).isDirectory();
    assertThat(executor.resolve("shared/file")).hasContent("kept");
  }

  @Test
  void linkThatATaskHasMadeIsNotFollowed() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path sandbox = Files.createDirectory(folder.resolve("sandbox"));
    Files.createSymbolicLink(sandbox.resolve("link"), outside);

    assertThatThrownBy(() ->
            Sandboxes.create(launch(sandbox, new SandboxFolder(sandbox.toString(), "link/evil"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leads out of the sandbox");
    assertThat(outside).isEmptyDirectory();
  }

  private static ContainerLaunch launch(Path sandbox, SandboxFolder... folders) {
    return new ContainerLaunch(
        new ContainerId("c1"),
        sandbox.toString(),
        Optional.empty(),
        Collections.emptySortedMap(),
        0.1,
        32,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Collections.emptySortedMap(),
        Duration.ofMinutes(1),
        List.of(),
        List.of(),
        List.of(folders),
        List.of());
  }
}
