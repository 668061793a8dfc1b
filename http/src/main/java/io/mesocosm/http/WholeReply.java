package io.mesocosm.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.util.Callback;

/** Sends replies that are complete, compressed where the client likes that. */
final class WholeReply {
  private static final int GZIP_BYTES_MIN = 1024;

  private WholeReply() {}

  /** Returns at once; {@code callback} hears when the client has taken the reply. */
  static void send(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback,
      Response.Whole whole) {
    response.setStatus(whole.status());
    whole.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    byte[] body = whole.body();
    if (body.length > GZIP_BYTES_MIN && !response.getHeaders().contains("Content-Encoding")) {
      response.getHeaders().add("Vary", "Accept-Encoding");
      if (acceptsGzip(request.getHeaders().get("Accept-Encoding"))) {
        body = gzip(body);
        response.getHeaders().put("Content-Encoding", "gzip");
      }
    }
    boolean mayHaveBody = whole.status() >= 200 && whole.status() != 204 && whole.status() != 304;
    if (mayHaveBody) {
      response.getHeaders().put("Content-Length", body.length);
    }
    boolean sendsBody = mayHaveBody && !request.getMethod().equals("HEAD");
    response.write(true, sendsBody ? ByteBuffer.wrap(body) : null, callback);
  }

  /** Whether the header's list has gzip, or else {@code *}, with another weight than 0. */
  static boolean acceptsGzip(@org.jspecify.annotations.Nullable String acceptEncoding) {
    if (acceptEncoding == null) {
      return false;
    }
    boolean any = false;
    for (String item : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
      String coding = item.strip();
      String name = coding.split(";", 2)[0].strip();
      boolean wanted = !coding.replace(" ", "").matches(".*;q=0(\\.0*)?");
      if (name.equals("gzip") || name.equals("x-gzip")) {
        return wanted;
      }
      any |= name.equals("*") && wanted;
    }
    return any;
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
