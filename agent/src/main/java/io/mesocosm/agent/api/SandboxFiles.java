package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * {@code /files/browse}, {@code read} and {@code download} (contracts/mesos-operator-api.md §9).
 */
final class SandboxFiles {
  /** 16 pages. */
  private static final int READ_MAX = 16 * 4096;

  /** A download is held in memory while it is sent. */
  private static final long DOWNLOAD_MAX = 64L << 20;

  private final Path workDir;
  private final Supplier<Optional<AgentId>> agentId;

  SandboxFiles(Path workDir, Supplier<Optional<AgentId>> agentId) {
    this.workDir = workDir;
    this.agentId = agentId;
  }

  @FunctionalInterface
  private interface Answer {
    Response of(SandboxPath path) throws IOException;
  }

  private record Entry(String name, long links, PosixFileAttributes attributes) {}

  Response browse(Request request) {
    return answer(
        request,
        path -> {
          List<Entry> entries =
              path.inParent((folder, name) -> {
                require(attributes(folder, name).isDirectory(), "Cannot browse a file\n");
                try (SecureDirectoryStream<Path> listed =
                    folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                  return entries(listed, path.file());
                }
              });
          JsonWriter json = new JsonWriter();
          json.beginArray();
          entries.forEach(entry -> write(entry, path.asked(), json));
          return Jsonp.response(request, json.endArray().toString());
        });
  }

  Response read(Request request) {
    long offset = number(request, "offset");
    long length = number(request, "length");
    require(offset >= -1, "Negative offset provided: " + offset + "\n");
    return answer(
        request,
        path -> {
          JsonWriter json = new JsonWriter(READ_MAX + 1024).beginObject();
          try (SeekableByteChannel channel = open(path, "Cannot read a directory.\n")) {
            if (offset == -1) {
              json.field("offset", channel.size()).field("data", "");
            } else {
              int wanted = (int) (length < 0 ? READ_MAX : Math.min(length, READ_MAX));
              channel.position(Math.min(offset, channel.size()));
              String data = new String(bytes(channel, wanted), StandardCharsets.UTF_8);
              json.field("offset", offset).field("data", data);
            }
          }
          return Jsonp.response(request, json.endObject().toString());
        });
  }

  Response download(Request request) {
    return answer(
        request,
        path -> {
          try (SeekableByteChannel channel = open(path, "Cannot download a directory.\n")) {
            if (channel.size() > DOWNLOAD_MAX) {
              throw HttpException.text(
                  413,
                  path.asked()
                      + " has "
                      + channel.size()
                      + " bytes, more than the "
                      + DOWNLOAD_MAX
                      + " that can be downloaded: read it in parts with /files/read\n");
            }
            String name =
                String.valueOf(path.file().getFileName()).replaceAll("[\"\\\\\\p{Cntrl}]", "_");
            return Response.of(
                    200,
                    "application/octet-stream",
                    bytes(channel, (int) Math.min(channel.size(), DOWNLOAD_MAX)))
                .withHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
          }
        });
  }

  private Response answer(Request request, Answer answer) {
    try {
      return answer.of(SandboxPath.find(request.queryValue("path"), workDir, agentId.get()));
    } catch (NoSuchFileException e) {
      throw SandboxPath.notFound(request.queryValue("path").orElse(""));
    } catch (AccessDeniedException e) {
      throw HttpException.text(403, "the agent may not read " + e.getFile() + "\n");
    } catch (FileSystemException e) {
      // A link where none was a moment ago, or a file where a folder was asked for.
      throw SandboxPath.notFound(request.queryValue("path").orElse(""));
    } catch (IOException e) {
      throw HttpException.text(500, "reading failed: " + e.getMessage() + "\n");
    }
  }

  private static SeekableByteChannel open(SandboxPath path, String ifFolder) throws IOException {
    return path.inParent((folder, name) -> {
      PosixFileAttributes attributes = attributes(folder, name);
      require(!attributes.isDirectory(), ifFolder);
      require(attributes.isRegularFile(), path.asked() + " is not a regular file\n");
      return folder.newByteChannel(
          name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    });
  }

  private static byte[] bytes(SeekableByteChannel channel, int wanted) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(
            (int) Math.min(wanted, Math.max(0, channel.size() - channel.position())));
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // until full or at the end, which may have come nearer
    }
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static List<Entry> entries(SecureDirectoryStream<Path> folder, Path real)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path child : folder) {
      Path name = java.util.Objects.requireNonNull(child.getFileName());
      try {
        Object links =
            Files.getAttribute(real.resolve(name), "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        entries.add(
            new Entry(name.toString(), ((Number) links).longValue(), attributes(folder, name)));
      } catch (NoSuchFileException e) {
        // It went away between listing and looking: it is not there.
        continue;
      }
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  private static void write(Entry entry, String folder, JsonWriter json) {
    PosixFileAttributes attributes = entry.attributes();
    char kind = attributes.isDirectory() ? 'd' : attributes.isSymbolicLink() ? 'l' : '-';
    json.beginObject()
        .field("gid", attributes.group().getName())
        .field("mode", kind + PosixFilePermissions.toString(attributes.permissions()))
        .field("mtime", attributes.lastModifiedTime().to(TimeUnit.SECONDS))
        .field("nlink", entry.links())
        .field("path", (folder.endsWith("/") ? folder : folder + "/") + entry.name())
        .field("size", attributes.size())
        .field("uid", attributes.owner().getName())
        .endObject();
  }

  /** A number in the query; -1 if it is not there. */
  private static long number(Request request, String name) {
    String text = request.queryValue(name).orElse("-1");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HttpException.text(
          400, "Failed to parse " + name + ": '" + text + "' is not a whole number\n");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw HttpException.text(400, otherwise);
    }
  }
}
