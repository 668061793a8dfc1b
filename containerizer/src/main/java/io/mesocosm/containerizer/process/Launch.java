package io.mesocosm.containerizer.process;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A process to start, with everything resolved.
 *
 * @param executable absolute
 * @param arguments argv, including argv[0], which need not be the executable
 * @param folder where it starts
 * @param stdout appended to; created when missing
 * @param stderr appended to; may be the same file
 */
record Launch(
    Path executable,
    List<String> arguments,
    SortedMap<String, String> environment,
    Path folder,
    Path stdout,
    Path stderr) {
  Launch {
    arguments = List.copyOf(arguments);
    environment = new TreeMap<>(environment);
  }
}
