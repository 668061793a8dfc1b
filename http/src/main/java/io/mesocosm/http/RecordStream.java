package io.mesocosm.http;

import io.mesocosm.protocol.RecordIoReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The client's end of a subscription: a POST whose answer is a stream of records. One reader; close
 * from any thread.
 */
public final class RecordStream implements AutoCloseable {
  private static final int RECORD_BYTES_MAX = 256 << 20;
  private static final int ERROR_BYTES_MAX = 64 << 10;

  private final HttpResponse<InputStream> response;
  private final RecordIoReader records;

  private RecordStream(HttpResponse<InputStream> response) {
    this.response = response;
    this.records = new RecordIoReader(response.body(), RECORD_BYTES_MAX);
  }

  /**
   * Sends the request and returns when the head of the answer is there, whatever its status.
   * Redirects are followed.
   *
   * @param timeout for the head of the answer; the stream itself has none
   * @throws IOException with a message that names the server, if it cannot be reached or does not
   *     answer in time
   */
  public static RecordStream open(
      HttpClient client,
      URI uri,
      String contentType,
      String accept,
      byte[] body,
      Map<String, String> headers,
      Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", contentType)
            .header("Accept", accept)
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return new RecordStream(
        Redirects.send(client, request.build(), BodyHandlers.ofInputStream(), timeout));
  }

  public int status() {
    return response.statusCode();
  }

  public Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /**
   * Where the answer came from, redirects followed: other calls of the same subscription go there.
   */
  public URI uri() {
    return response.uri();
  }

  /** Waits for the next record; nothing when the stream has ended in good order. */
  public Optional<byte[]> next() throws IOException {
    return records.next();
  }

  /** What an answer that is no stream says, as text; at most 64 KiB of it. */
  public String text() throws IOException {
    return new String(response.body().readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
  }

  /** Ends the connection; a reader that waits gets an IOException or the end. */
  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      System.getLogger(RecordStream.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a stream that was broken already", e);
    }
  }
}
