package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.protocol.JsonWriter;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/**
 * {@code /files/browse}, {@code read} and {@code download} (contracts/mesos-operator-api.md §9).
 */
final class SandboxFiles {
  /** A download is held in memory while it is sent. */
  private static final long DOWNLOAD_MAX = 64L << 20;

  private final AgentFacts facts;
  private final SandboxContent content;

  SandboxFiles(AgentFacts facts, SandboxContent content) {
    this.facts = facts;
    this.content = content;
  }

  Response browse(Request request) {
    return answer(
        request,
        path -> {
          JsonWriter json = new JsonWriter();
          json.beginArray();
          SandboxContent.list(path).forEach(entry -> write(entry, json));
          return Jsonp.response(request, json.endArray());
        });
  }

  Response read(Request request) {
    long offset = number(request, "offset");
    long length = number(request, "length");
    SandboxContent.require(offset >= -1, "Negative offset provided: " + offset + "\n");
    return answer(
        request,
        path -> {
          JsonWriter json = new JsonWriter(SandboxContent.READ_MAX + 1024).beginObject();
          if (offset == -1) {
            json.field("offset", SandboxContent.read(path, 0, 0).size()).field("data", "");
          } else {
            SandboxContent.Part part = SandboxContent.read(path, offset, length);
            json.field("offset", offset)
                .field("data", part.data().toString(StandardCharsets.UTF_8));
          }
          return Jsonp.response(request, json.endObject());
        });
  }

  Response download(Request request) {
    return answer(
        request,
        path -> {
          try (SeekableByteChannel channel =
              SandboxContent.open(path, "Cannot download a directory.\n")) {
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
                    SandboxContent.bytes(channel, (int) Math.min(channel.size(), DOWNLOAD_MAX)))
                .withHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
          }
        });
  }

  private Response answer(Request request, SandboxContent.Use<Response> use) {
    return content.use(request.queryValue("path"), facts.visible(request), use);
  }

  private static void write(SandboxContent.Entry entry, JsonWriter json) {
    PosixFileAttributes attributes = entry.attributes();
    char kind = attributes.isDirectory() ? 'd' : attributes.isSymbolicLink() ? 'l' : '-';
    json.beginObject()
        .field("gid", attributes.group().getName())
        .field("mode", kind + PosixFilePermissions.toString(attributes.permissions()))
        .field("mtime", attributes.lastModifiedTime().to(TimeUnit.SECONDS))
        .field("nlink", entry.links())
        .field("path", entry.path())
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
}
