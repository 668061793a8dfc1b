package io.mesocosm.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Takes HTTP/1.1 responses apart as they come in, in pieces of any size. */
final class ResponseParser {
  private enum State {
    STATUS_LINE,
    HEADER,
    LENGTH_BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private final Response response;
  private final StringBuilder line = new StringBuilder(64);
  private Map<String, String> headers = Map.of();
  private State state = State.STATUS_LINE;
  private int status;
  private long left;

  ResponseParser(Response response) {
    this.response = response;
  }

  /** Takes all that is there. */
  void feed(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      switch (state) {
        case LENGTH_BODY -> {
          part(bytes);
          if (left == 0) {
            end();
          }
        }
        case CHUNK -> {
          part(bytes);
          if (left == 0) {
            state = State.CHUNK_END;
          }
        }
        case STATUS_LINE, HEADER, CHUNK_SIZE, CHUNK_END, TRAILER -> {
          if (gatherLine(bytes)) {
            String text = line.toString();
            line.setLength(0);
            line(text);
          }
        }
      }
    }
  }

  private void part(ByteBuffer bytes) throws IOException {
    int length = (int) Math.min(left, bytes.remaining());
    int limit = bytes.limit();
    bytes.limit(bytes.position() + length);
    left -= length;
    response.body(bytes);
    bytes.position(bytes.limit());
    bytes.limit(limit);
  }

  private boolean gatherLine(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        return true;
      }
      if (next != '\r') {
        line.append((char) (next & 0xff));
      }
      if (line.length() > 16 << 10) {
        throw new IOException("a line of more than 16 KiB in the head of a response");
      }
    }
    return false;
  }

  private void line(String text) throws IOException {
    switch (state) {
      case STATUS_LINE -> {
        if (!text.startsWith("HTTP/1.1 ") || text.length() < 12) {
          throw new IOException("no HTTP/1.1 response: " + text);
        }
        status = Integer.parseInt(text, 9, 12, 10);
        headers = new HashMap<>();
        state = State.HEADER;
      }
      case HEADER -> {
        if (text.isEmpty()) {
          headEnds();
        } else {
          int colon = text.indexOf(':');
          headers.put(
              text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 1).strip());
        }
      }
      case CHUNK_SIZE -> {
        int end = text.indexOf(';');
        left = Long.parseLong(text, 0, end < 0 ? text.length() : end, 16);
        state = left == 0 ? State.TRAILER : State.CHUNK;
      }
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILER -> {
        if (text.isEmpty()) {
          end();
        }
      }
      case LENGTH_BODY, CHUNK -> throw new IllegalStateException("no lines in a body");
    }
  }

  private void headEnds() throws IOException {
    if (status >= 100 && status < 200) {
      state = State.STATUS_LINE;
      return;
    }
    boolean chunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
    String length = headers.get("content-length");
    if (!chunked && length == null && status != 204) {
      throw new IOException("a response with neither Content-Length nor chunks");
    }
    left = chunked || length == null ? 0 : Long.parseLong(length);
    response.head(status, headers);
    headers = Map.of();
    if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (left == 0) {
      end();
    } else {
      state = State.LENGTH_BODY;
    }
  }

  private void end() throws IOException {
    state = State.STATUS_LINE;
    response.end();
  }
}
