package io.mesocosm.bench.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParsersTest {
  /** Writes down what it is told. */
  private static final class Heard implements Response {
    final List<String> what = new ArrayList<>();

    @Override
    public void head(int status, Map<String, String> headers) {
      what.add(status + " " + headers.get("mesos-stream-id"));
    }

    @Override
    public void body(ByteBuffer part) {
      what.add(US_ASCII.decode(part).toString());
    }

    @Override
    public void end() {
      what.add("end");
    }

    @Override
    public void failed(IOException reason) {
      what.add("failed");
    }
  }

  private static final String TWO_RESPONSES =
      "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
          + "HTTP/1.1 200 OK\r\nMesos-Stream-Id: s1\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";

  @Test
  void responsesAreTakenApartWhateverPiecesTheyComeIn() throws IOException {
    for (int piece = 1; piece <= TWO_RESPONSES.length(); piece++) {
      Heard heard = new Heard();
      ResponseParser parser = new ResponseParser(heard);
      for (int at = 0; at < TWO_RESPONSES.length(); at += piece) {
        String part = TWO_RESPONSES.substring(at, Math.min(at + piece, TWO_RESPONSES.length()));
        parser.feed(ByteBuffer.wrap(part.getBytes(US_ASCII)));
      }

      assertThat(String.join("|", heard.what).replace("a|b", "ab").replace("b|c", "bc"))
          .as("in pieces of %d bytes", piece)
          .matches("202 null\\|end\\|200 s1\\|a\\|?b\\|?c\\|d\\|?e\\|end");
    }
  }

  @Test
  void whatIsNoHttpIsRefused() {
    ResponseParser parser = new ResponseParser(new Heard());

    assertThatThrownBy(() -> parser.feed(ByteBuffer.wrap("SSH-2.0\n".getBytes(US_ASCII))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SSH-2.0");
  }

  @Test
  void recordsAreTakenApartWhateverPiecesTheyComeIn() throws IOException {
    String records = "5\nhello11\nhello world1\nx";
    for (int piece = 1; piece <= records.length(); piece++) {
      List<String> heard = new ArrayList<>();
      RecordParser parser = new RecordParser(bytes -> heard.add(US_ASCII.decode(bytes).toString()));
      for (int at = 0; at < records.length(); at += piece) {
        parser.feed(
            ByteBuffer.wrap(
                records.substring(at, Math.min(at + piece, records.length())).getBytes(US_ASCII)));
      }

      assertThat(heard).containsExactly("hello", "hello world", "x");
    }
  }
}
