package io.mesocosm.agent.api;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.HttpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.FileInfo;
import org.apache.mesos.v1.Protos.TimeInfo;

/**
 * What is in sandboxes, for those who may see it (contracts/mesos-operator-api.md §9, LIST_FILES,
 * READ_FILE). All methods block and throw HttpException: 400 for what is no path or of the wrong
 * kind, 403 for what is not to be seen, 404 for what is in no sandbox.
 */
final class SandboxContent {
  /** 16 pages. */
  static final int READ_MAX = 16 * 4096;

  /** Of {@code frameworks/<framework>/executors/<executor>/runs/<container>}. */
  private static final int SANDBOX_NAMES = 6;

  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;

  private final AgentFacts facts;

  SandboxContent(AgentFacts facts) {
    this.facts = facts;
  }

  /** Does something with a path that was found and may be seen. */
  @FunctionalInterface
  interface Use<T> {
    T of(SandboxPath path) throws IOException;
  }

  /**
   * One file or folder.
   *
   * @param links how many names it has
   */
  record Entry(String path, long links, PosixFileAttributes attributes) {
    FileInfo message() {
      int kind =
          attributes.isDirectory() ? DIRECTORY : attributes.isSymbolicLink() ? LINK : REGULAR;
      return FileInfo.newBuilder()
          .setPath(path)
          .setNlink((int) links)
          .setSize(attributes.size())
          .setMtime(
              TimeInfo.newBuilder()
                  .setNanoseconds(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)))
          .setMode(kind | permissions(attributes.permissions()))
          .setUid(attributes.owner().getName())
          .setGid(attributes.group().getName())
          .build();
    }

    /** The first permission that there is, of the owner to read, is the highest bit of nine. */
    private static int permissions(Set<PosixFilePermission> granted) {
      int bits = 0;
      for (PosixFilePermission permission : granted) {
        bits |= 0400 >> permission.ordinal();
      }
      return bits;
    }
  }

  /**
   * Part of a file.
   *
   * @param size of the whole file
   */
  record Part(long size, ByteString data) {}

  /** Finds a path, checks that it may be seen, and does something with it. */
  <T> T use(Optional<String> asked, Visible visible, Use<T> use) {
    String name = asked.orElse("");
    try {
      AgentSnapshot snapshot = facts.snapshot();
      SandboxPath path =
          SandboxPath.find(asked, Path.of(facts.config().workDir()), snapshot.agentId());
      visible.requireSandbox(owner(path, snapshot));
      return use.of(path);
    } catch (NoSuchFileException e) {
      throw SandboxPath.notFound(name);
    } catch (AccessDeniedException e) {
      throw HttpException.text(403, "the agent may not read " + e.getFile() + "\n");
    } catch (FileSystemException e) {
      // A link where none was a moment ago, or a file where a folder was asked for.
      throw SandboxPath.notFound(name);
    } catch (IOException e) {
      throw HttpException.text(500, "reading failed: " + e.getMessage() + "\n");
    }
  }

  /** In the order of their names. */
  static List<Entry> list(SandboxPath path) throws IOException {
    return path.inParent((folder, name) -> {
      require(attributes(folder, name).isDirectory(), "Cannot browse a file\n");
      try (SecureDirectoryStream<Path> listed =
          folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        return entries(listed, path);
      }
    });
  }

  /**
   * At most 16 pages.
   *
   * @param length negative for as much as there is
   */
  static Part read(SandboxPath path, long offset, long length) throws IOException {
    try (SeekableByteChannel channel = open(path, "Cannot read a directory.\n")) {
      int wanted = (int) (length < 0 ? READ_MAX : Math.min(length, READ_MAX));
      channel.position(Math.min(offset, channel.size()));
      return new Part(channel.size(), ByteString.copyFrom(bytes(channel, wanted)));
    }
  }

  static SeekableByteChannel open(SandboxPath path, String ifFolder) throws IOException {
    return path.inParent((folder, name) -> {
      PosixFileAttributes attributes = attributes(folder, name);
      require(!attributes.isDirectory(), ifFolder);
      require(attributes.isRegularFile(), path.asked() + " is not a regular file\n");
      return folder.newByteChannel(
          name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    });
  }

  /** From where the channel stands. */
  static byte[] bytes(SeekableByteChannel channel, int wanted) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(
            (int) Math.min(wanted, Math.max(0, channel.size() - channel.position())));
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // until full or at the end, which may have come nearer
    }
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw HttpException.text(400, otherwise);
    }
  }

  /** The user whose sandbox it is; absent if its framework or executor is forgotten. */
  private static Optional<String> owner(SandboxPath path, AgentSnapshot snapshot) {
    Path sandbox = path.sandbox();
    int names = sandbox.getNameCount();
    Path end = sandbox.subpath(names - SANDBOX_NAMES, names);
    return Stream.concat(snapshot.frameworks().stream(), snapshot.completedFrameworks().stream())
        .flatMap(framework ->
            Stream.concat(framework.executors().stream(), framework.completedExecutors().stream())
                .filter(executor -> Path.of(executor.directory()).endsWith(end))
                .map(executor -> Visible.user(executor, framework.info())))
        .findFirst();
  }

  private static List<Entry> entries(SecureDirectoryStream<Path> folder, SandboxPath path)
      throws IOException {
    String asked = path.asked().endsWith("/") ? path.asked() : path.asked() + "/";
    List<Entry> entries = new ArrayList<>();
    for (Path child : folder) {
      Path name = Objects.requireNonNull(child.getFileName());
      try {
        Object links =
            Files.getAttribute(path.file().resolve(name), "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        entries.add(
            new Entry(asked + name, ((Number) links).longValue(), attributes(folder, name)));
      } catch (NoSuchFileException e) {
        // It went away between listing and looking: it is not there.
        continue;
      }
    }
    entries.sort(Comparator.comparing(Entry::path));
    return entries;
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }
}
