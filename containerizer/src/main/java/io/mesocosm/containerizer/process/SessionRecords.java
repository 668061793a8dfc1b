package io.mesocosm.containerizer.process;

import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Two small files for each session, so that the agent's next run finds what this one left behind:
 * what runs, by the agent, and how it ended, by the supervisor. The first is replaced in one step,
 * so it is whole or absent after a {@code kill -9}; the second is one short line, whole when its
 * line end is there. Not forced to the disk: sessions do not outlive the machine's run either. For
 * the agent's user only. Thread-safe for different names.
 */
final class SessionRecords {
  private static final System.Logger LOG = System.getLogger(SessionRecords.class.getName());
  private static final String SUFFIX = ".session";
  private static final String STATUS_SUFFIX = ".exit";
  private static final String DRAFT_SUFFIX = ".new";
  private static final String VARIABLE = "env.";
  private static final FileAttribute<?> OWNERS_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;

  SessionRecords(Path folder) {
    this.folder = folder;
  }

  /**
   * What is known of a session.
   *
   * @param bootId of the machine's run that it started in
   * @param origin to run commands beside it later
   */
  record Session(String bootId, Leader leader, Origin origin) {}

  /** The session's first process: a pid alone may come to name another. */
  record Leader(int pid, long startTicks) {}

  void write(String name, Session session) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("boot", session.bootId());
    properties.setProperty("pid", Integer.toString(session.leader().pid()));
    properties.setProperty("start", Long.toString(session.leader().startTicks()));
    properties.setProperty("container", session.origin().id().value());
    properties.setProperty("sandbox", session.origin().sandbox().toString());
    session
        .origin()
        .account()
        .ifPresent(account -> {
          properties.setProperty("user", account.name());
          properties.setProperty("uid", account.userId());
          properties.setProperty("gid", account.groupId());
        });
    session
        .origin()
        .environment()
        .forEach((variable, value) -> properties.setProperty(VARIABLE + variable, value));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.createDirectories(folder, OWNERS_FOLDER);
    Files.deleteIfExists(status(name));
    Path draft = folder.resolve(name + DRAFT_SUFFIX);
    Files.deleteIfExists(draft);
    // an environment holds secrets
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(draft, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
  }

  void remove(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name + SUFFIX));
    Files.deleteIfExists(status(name));
  }

  /** Where the supervisor notes how its command ended. */
  Path status(String name) {
    return folder.resolve(name + STATUS_SUFFIX);
  }

  /** What the supervisor noted; absent if it did not come to do so, or not to its end. */
  Optional<String> readStatus(String name) throws IOException {
    try {
      String text = Files.readString(status(name));
      return text.endsWith("\n") ? Optional.of(text.strip()) : Optional.empty();
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  /** Removes what an agent that was killed left between two steps. */
  void removeStrays() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, "*{" + STATUS_SUFFIX + "," + DRAFT_SUFFIX + "}")) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.lastIndexOf('.'));
        if (!Files.exists(folder.resolve(name + SUFFIX))) {
          Files.deleteIfExists(file);
        }
      }
    }
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
    SortedMap<String, String> environment = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(VARIABLE)) {
        environment.put(key.substring(VARIABLE.length()), properties.getProperty(key));
      }
    }
    Optional<Account> account =
        properties.containsKey("user")
            ? Optional.of(
                new Account(
                    required(properties, "user"),
                    required(properties, "uid"),
                    required(properties, "gid")))
            : Optional.empty();
    return new Session(
        required(properties, "boot"),
        new Leader(
            Integer.parseInt(required(properties, "pid")),
            Long.parseLong(required(properties, "start"))),
        new Origin(
            new ContainerId(required(properties, "container")),
            Path.of(required(properties, "sandbox")),
            environment,
            account));
  }

  private static String required(Properties properties, String key) {
    String value = properties.getProperty(key, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("lacks " + key);
    }
    return value;
  }
}
