package io.mesocosm.containerizer.process;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A command to start, with everything resolved.
 *
 * @param words the command as {@code env} executes it: a path, or a name that is found in PATH, and
 *     its arguments
 * @param prefix what becomes the command's user and then executes what follows; empty to stay ours
 * @param folder where it starts
 * @param stdout appended to; created when missing
 * @param stderr appended to; may be the same file
 */
record Launch(
    List<String> words,
    List<String> prefix,
    SortedMap<String, String> environment,
    Path folder,
    Path stdout,
    Path stderr) {
  Launch {
    words = List.copyOf(words);
    prefix = List.copyOf(prefix);
    environment = new TreeMap<>(environment);
  }
}
