package io.mesocosm.containerizer.process;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One small file for each session that runs, so that the agent's next run finds what this one left
 * behind. A file is replaced in one step, so it is whole or absent after a {@code kill -9}. Not
 * forced to the disk: sessions do not outlive the machine's run either. Thread-safe for different
 * names.
 */
final class SessionRecords {
  private static final System.Logger LOG = System.getLogger(SessionRecords.class.getName());
  private static final String SUFFIX = ".session";

  private final Path folder;

  SessionRecords(Path folder) {
    this.folder = folder;
  }

  /**
   * What is known of a session.
   *
   * @param bootId of the machine's run that it started in
   * @param leader absent in the moment between the intention and the start
   */
  record Session(String bootId, Path sandbox, Optional<Leader> leader) {}

  /** The session's first process: a pid alone may come to name another. */
  record Leader(int pid, long startTicks) {}

  void write(String name, Session session) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("boot", session.bootId());
    properties.setProperty("sandbox", session.sandbox().toString());
    session
        .leader()
        .ifPresent(leader -> {
          properties.setProperty("pid", Integer.toString(leader.pid()));
          properties.setProperty("start", Long.toString(leader.startTicks()));
        });
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.createDirectories(folder);
    Path draft = folder.resolve(name + ".new");
    Files.writeString(draft, text.toString());
    Files.move(draft, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
  }

  void remove(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name + SUFFIX));
  }

  /** Every record by its name. One that cannot be read is set aside, and said to be. */
  SortedMap<String, Session> readAll() throws IOException {
    SortedMap<String, Session> sessions = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return sessions;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        try {
          sessions.put(
              fileName.substring(0, fileName.length() - SUFFIX.length()),
              parse(Files.readString(file)));
        } catch (IllegalArgumentException unreadable) {
          Path aside = file.resolveSibling(fileName + ".unreadable");
          Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
          LOG.log(
              System.Logger.Level.ERROR,
              "Cannot read process record "
                  + file
                  + ", set aside as "
                  + aside
                  + ": look for a process of it that was left behind",
              unreadable);
        }
      }
    }
    return sessions;
  }

  private static Session parse(String text) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    Optional<Leader> leader =
        properties.containsKey("pid")
            ? Optional.of(
                new Leader(
                    Integer.parseInt(required(properties, "pid")),
                    Long.parseLong(required(properties, "start"))))
            : Optional.empty();
    return new Session(
        required(properties, "boot"), Path.of(required(properties, "sandbox")), leader);
  }

  private static String required(Properties properties, String key) {
    String value = properties.getProperty(key, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("lacks " + key);
    }
    return value;
  }
}
