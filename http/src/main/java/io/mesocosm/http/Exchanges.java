package io.mesocosm.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler.Abstract;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * One request and its answer: reads the body, calls the handler, sends what it says. Called on
 * virtual threads.
 */
final class Exchanges extends Abstract {
  private static final System.Logger LOG = System.getLogger(Exchanges.class.getName());
  private static final int GZIP_BYTES_MIN = 1024;

  private final HttpServerOptions options;
  private final Handler root;
  private final Semaphore room;
  private final OpenStreams streams = new OpenStreams();

  Exchanges(HttpServerOptions options, Handler root) {
    super(InvocationType.BLOCKING);
    this.options = options;
    this.root = root;
    this.room = new Semaphore(options.concurrentRequestsMax());
  }

  void closeStreams() {
    streams.closeAll();
  }

  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request jettyRequest,
      org.eclipse.jetty.server.Response jettyResponse,
      Callback callback) {
    if (!room.tryAcquire()) {
      send(
          jettyRequest,
          jettyResponse,
          callback,
          Response.text(
              503,
              "more than "
                  + options.concurrentRequestsMax()
                  + " requests at once: try again later"));
      return true;
    }
    try {
      Response response = answer(jettyRequest);
      switch (response) {
        case Response.Whole whole -> send(jettyRequest, jettyResponse, callback, whole);
        case Response.Stream stream -> open(jettyRequest, jettyResponse, callback, stream);
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "a client went away in the middle of its request", e);
      callback.failed(e);
    } finally {
      room.release();
    }
    return true;
  }

  private Response answer(org.eclipse.jetty.server.Request jettyRequest) throws IOException {
    Request request;
    try {
      request = read(jettyRequest);
    } catch (BodyTooLargeException _) {
      return Response.text(413, "the body is larger than " + options.bodyBytesMax() + " bytes");
    } catch (IllegalArgumentException e) {
      return Response.text(400, "malformed request: " + e.getMessage());
    }
    try {
      return root.handle(request);
    } catch (HttpException e) {
      return e.response();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Response.text(503, "the server is stopping");
    } catch (Exception | StackOverflowError e) {
      LOG.log(WARNING, request.method() + " " + request.path() + " failed", e);
      return Response.text(500, "internal error, see the log: " + e);
    }
  }

  private Request read(org.eclipse.jetty.server.Request request)
      throws IOException, BodyTooLargeException {
    SortedMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (HttpField field : request.getHeaders()) {
      headers.computeIfAbsent(field.getName(), _ -> new ArrayList<>()).add(field.getValue());
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (Fields.Field field : org.eclipse.jetty.server.Request.extractQueryParameters(request)) {
      query.put(field.getName(), List.copyOf(field.getValues()));
    }
    String path = org.eclipse.jetty.util.URIUtil.decodePath(request.getHttpURI().getPath());
    InetSocketAddress remote =
        request.getConnectionMetaData().getRemoteSocketAddress()
                instanceof InetSocketAddress address
            ? address
            : InetSocketAddress.createUnresolved("unknown", 0);
    return new Request(
        request.getMethod(),
        path == null ? "/" : path,
        query,
        headers,
        Map.of(),
        body(request),
        remote);
  }

  private static final class BodyTooLargeException extends Exception {}

  private byte[] body(org.eclipse.jetty.server.Request request)
      throws IOException, BodyTooLargeException {
    if (request.getLength() > options.bodyBytesMax()) {
      throw new BodyTooLargeException();
    }
    try (var in = Content.Source.asInputStream(request)) {
      byte[] body =
          in.readNBytes(
              options.bodyBytesMax() + 1 < 0 ? Integer.MAX_VALUE : options.bodyBytesMax() + 1);
      if (body.length > options.bodyBytesMax()) {
        throw new BodyTooLargeException();
      }
      return body;
    }
  }

  private static void send(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback,
      Response.Whole whole) {
    response.setStatus(whole.status());
    whole.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    byte[] body = whole.body();
    String accepted = request.getHeaders().get("Accept-Encoding");
    if (body.length >= GZIP_BYTES_MIN
        && accepted != null
        && accepted.contains("gzip")
        && !whole.headers().containsKey("Content-Encoding")) {
      body = gzip(body);
      response.getHeaders().put("Content-Encoding", "gzip");
      response.getHeaders().put("Vary", "Accept-Encoding");
    }
    if (whole.status() != 204) {
      response.getHeaders().put("Content-Length", body.length);
    }
    boolean head = request.getMethod().equals("HEAD");
    response.write(true, head ? null : ByteBuffer.wrap(body), callback);
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  private void open(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback,
      Response.Stream stream) {
    response.setStatus(stream.status());
    stream.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    // The connection has served its purpose when the stream ends: nobody shall wait for another
    // request on it.
    response.getHeaders().put("Connection", "close");
    JettyStreamSink sink =
        new JettyStreamSink(request, response, callback, options.streamBacklogBytesMax());
    streams.add(sink);
    sink.open();
    stream.onOpen().accept(sink);
  }
}
