package io.mesocosm.agent.shell;

import io.mesocosm.agent.VolumeChange;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Makes, clears and deletes the folders of persistent volumes; follows no links out of them. */
final class VolumeFolders {
  private VolumeFolders() {}

  static void apply(VolumeChange change) throws IOException {
    Path folder = Path.of(change.path());
    switch (change.kind()) {
      case MAKE -> {
        delete(folder, true);
        Files.createDirectories(folder);
      }
      case KEEP -> Files.createDirectories(folder);
      case DELETE -> delete(folder, true);
      case CLEAR -> delete(folder, false);
    }
  }

  private static void delete(Path folder, boolean itself) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            if (itself || !visited.equals(folder)) {
              Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
