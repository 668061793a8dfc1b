package io.mesocosm.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;

/** Sends replies of any length, compressed on the way where the client likes that. */
final class WrittenReply {
  private static final System.Logger LOG = System.getLogger(WrittenReply.class.getName());
  private static final int BUFFER_BYTES = 32 * 1024;

  private WrittenReply() {}

  /** Returns when the body is written, or the client has gone. */
  static void send(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback,
      Response.Written written) {
    response.setStatus(written.status());
    written.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().add("Vary", "Accept-Encoding");
    boolean gzip = WholeReply.acceptsGzip(request.getHeaders().get("Accept-Encoding"));
    if (gzip) {
      response.getHeaders().put("Content-Encoding", "gzip");
    }
    if (request.getMethod().equals("HEAD")) {
      response.write(true, null, callback);
      return;
    }
    try {
      // Not closed when the writer fails: a closed body is a whole one.
      OutputStream plain = Content.Sink.asOutputStream(response);
      OutputStream out = gzip ? new FastGzip(plain) : plain;
      written.body().writeTo(out);
      out.close();
      callback.succeeded();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(DEBUG, "a client went away in the middle of a reply", e);
      callback.failed(e);
    } catch (RuntimeException e) {
      // The head is out: all that can be done is to break off, so that nobody takes it for whole.
      LOG.log(WARNING, "a reply is broken off: its writer failed", e);
      callback.failed(e);
    }
  }

  /** The client waits for the bytes: speed counts for more than the last percent. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
