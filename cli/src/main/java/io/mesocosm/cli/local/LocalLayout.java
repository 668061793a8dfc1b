package io.mesocosm.cli.local;

import io.mesocosm.cli.client.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where a local cluster keeps things, below its work directory. */
record LocalLayout(Path workDir) {
  /** Says that the folder is ours, so that {@code --clean} never empties somebody's home. */
  private static final String MARKER = "mesocosm-local";

  Path zooKeeper() {
    return workDir.resolve("zookeeper");
  }

  Path master() {
    return workDir.resolve("master");
  }

  Path agent(int number) {
    return workDir.resolve("agents").resolve(Integer.toString(number));
  }

  Path logs() {
    return workDir.resolve("logs");
  }

  /** What a detached cluster printed. */
  Path output() {
    return logs().resolve("local.out");
  }

  Path status() {
    return workDir.resolve("local.status");
  }

  Path lock() {
    return workDir.resolve("local.lock");
  }

  /** Makes the folder and marks it as ours. */
  void prepare() {
    try {
      if (Files.exists(workDir) && !isOurs() && !isEmpty()) {
        throw CommandFailure.misused(
            "--work_dir="
                + workDir
                + " holds something that is not a local cluster's: name an empty or a new folder");
      }
      Files.createDirectories(logs());
      Files.writeString(workDir.resolve(MARKER), "A local Mesocosm cluster keeps its data here.\n");
    } catch (IOException e) {
      throw CommandFailure.misused(
          "--work_dir=" + workDir + " cannot be used: " + e + ": name a folder that you may write");
    }
  }

  /** Removes all data, if the folder is ours. */
  void clean() {
    if (!Files.exists(workDir)) {
      return;
    }
    if (!isOurs()) {
      throw CommandFailure.misused(
          "--clean: " + workDir + " is not the folder of a local cluster, and stays as it is");
    }
    try (Stream<Path> everything = Files.walk(workDir)) {
      // The lock is held, and what a detached start prints goes to its file already.
      Set<Path> kept = Set.of(workDir, lock(), logs(), output());
      List<Path> deepestFirst = everything.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        if (!kept.contains(path)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean " + workDir, e);
    }
  }

  private boolean isOurs() {
    return Files.exists(workDir.resolve(MARKER)) || Files.exists(lock());
  }

  private boolean isEmpty() throws IOException {
    try (Stream<Path> children = Files.list(workDir)) {
      return children.findAny().isEmpty();
    }
  }
}
