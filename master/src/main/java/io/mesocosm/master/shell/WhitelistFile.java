package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The file of {@code --whitelist}: names of hosts, one a line, whose agents may be offered; {@code
 * *} alone for all. Of one thread.
 */
final class WhitelistFile {
  private static final System.Logger LOG = System.getLogger(WhitelistFile.class.getName());

  /** How often it is looked at. */
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Path file;
  private final Consumer<Optional<SortedSet<String>>> listener;
  private Optional<SortedSet<String>> last = Optional.empty();

  /**
   * @param listener told of the names when they have changed; of nothing where all may be offered
   */
  WhitelistFile(Path file, Consumer<Optional<SortedSet<String>>> listener) {
    this.file = file;
    this.listener = listener;
  }

  /** A file that cannot be read changes nothing. */
  void read() {
    try {
      SortedSet<String> names = new TreeSet<>();
      Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .forEach(names::add);
      if (!last.equals(Optional.of(names))) {
        last = Optional.of(names);
        listener.accept(names.contains("*") ? Optional.empty() : Optional.of(names));
      }
    } catch (IOException e) {
      LOG.log(WARNING, "--whitelist=" + file + " cannot be read: the last one holds on", e);
    }
  }
}
