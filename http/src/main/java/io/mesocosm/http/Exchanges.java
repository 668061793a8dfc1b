package io.mesocosm.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler.Abstract;
import org.eclipse.jetty.util.Callback;

/**
 * One request and its answer: reads the body, calls the handler, sends what it says. Called on
 * virtual threads.
 */
final class Exchanges extends Abstract {
  private static final System.Logger LOG = System.getLogger(Exchanges.class.getName());

  private final HttpServerOptions options;
  private final Handler root;
  private final ErrorBody errorBody;
  private final RequestReader reader;
  private final OpenStreams streams = new OpenStreams();
  // Taken by request threads, given back by whichever thread sees the reply sent.
  private final Semaphore room;
  // Set by the closing thread, read by request threads.
  private volatile boolean draining;

  Exchanges(HttpServerOptions options, Handler root, ErrorBody errorBody) {
    super(InvocationType.BLOCKING);
    this.options = options;
    this.root = root;
    this.errorBody = errorBody;
    this.reader = new RequestReader(options);
    this.room = new Semaphore(options.concurrentRequestsMax());
  }

  /**
   * Takes no more requests, ends the streams, and waits for what is under way, at most {@code max}
   * for each of the two.
   */
  void drain(Duration max) throws InterruptedException {
    draining = true;
    streams.closeAll(max);
    boolean drained =
        room.tryAcquire(options.concurrentRequestsMax(), max.toMillis(), TimeUnit.MILLISECONDS);
    if (!drained) {
      LOG.log(
          WARNING,
          "{0}: {1} requests did not end within {2} ms and are broken off",
          options.name(),
          options.concurrentRequestsMax() - room.availablePermits(),
          max.toMillis());
    }
  }

  @Override
  public boolean handle(
      org.eclipse.jetty.server.Request request,
      org.eclipse.jetty.server.Response response,
      Callback callback) {
    if (draining || !room.tryAcquire()) {
      String reason =
          draining
              ? "the server is stopping"
              : "more than " + options.concurrentRequestsMax() + " requests at once";
      WholeReply.send(request, response, callback, errorBody.of(503, reason + ": try again later"));
      return true;
    }
    Callback done = Callback.from(callback, () -> room.release());
    try {
      switch (answer(request)) {
        case Response.Whole whole -> WholeReply.send(request, response, done, whole);
        case Response.Written written -> WrittenReply.send(request, response, done, written);
        case Response.Stream stream when request.getMethod().equals("HEAD") ->
            WholeReply.send(
                request,
                response,
                done,
                new Response.Whole(stream.status(), stream.headers(), new byte[0]));
        case Response.Stream _ when streams.count() >= options.openStreamsMax() ->
            WholeReply.send(
                request,
                response,
                done,
                errorBody.of(
                    503,
                    "more than " + options.openStreamsMax() + " open streams: try again later"));
        case Response.Stream stream -> {
          try {
            open(request, response, callback, stream);
          } finally {
            room.release();
          }
        }
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "a client went away in the middle of its request", e);
      done.failed(e);
    }
    return true;
  }

  private Response answer(org.eclipse.jetty.server.Request jettyRequest) throws IOException {
    Request request;
    try {
      request = reader.read(jettyRequest);
    } catch (RefusedRequestException e) {
      // What is left of the request is not worth reading.
      return errorBody.of(e.status(), e.reason()).withHeader("Connection", "close");
    }
    try {
      return root.handle(request);
    } catch (HttpException e) {
      return e.response();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return errorBody.of(503, "the server is stopping: try again later");
    } catch (Exception | StackOverflowError | AssertionError e) {
      StackTraceElement[] trace = e.getStackTrace();
      LOG.log(
          WARNING,
          () ->
              "%s %s failed: %s%s"
                  .formatted(
                      request.method(),
                      request.path(),
                      e,
                      trace.length == 0 ? "" : " at " + trace[0]));
      LOG.log(DEBUG, "the same, with its trace", e);
      return errorBody.of(500, "internal error: " + e + ": the server's log says where");
    }
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
    if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
      // Left alone, Jetty lets the end of the connection be the end of such a reply, and nobody
      // could tell an end from a break. T4 promises chunks, too.
      response.getHeaders().put("Transfer-Encoding", "chunked");
    }
    JettyStreamSink sink =
        new JettyStreamSink(request, response, callback, options.streamBacklogBytesMax());
    streams.add(sink);
    sink.open();
    try {
      stream.onOpen().accept(sink);
    } catch (RuntimeException e) {
      LOG.log(WARNING, "a stream is ended: its handler failed when it had opened", e);
      sink.close();
    }
  }
}
