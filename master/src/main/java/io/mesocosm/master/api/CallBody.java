package io.mesocosm.master.api;

import com.google.protobuf.Message;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIoReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What all calls have in common: how they are read, and how they are answered. */
final class CallBody {
  static final String STREAM_ID = "Mesos-Stream-Id";

  private CallBody() {}

  /**
   * Reads a call (contracts/mesos-scheduler-api.md section 2, rows 5 to 7).
   *
   * @throws HttpException 400 without Content-Type or if it cannot be parsed, 415 for another type
   */
  static <B extends Message.Builder> B read(Request request, Set<MediaType> allowed, B builder) {
    return decode(type(request, allowed), request.body(), builder);
  }

  /**
   * Reads several calls, each a record: the batch extension.
   *
   * @param builder makes the builder for one call
   * @throws HttpException as {@link #read}, and 400 for what is not RecordIO or holds no record
   */
  static <B extends Message.Builder> List<B> readRecords(
      Request request, Set<MediaType> allowed, Supplier<B> builder) {
    MediaType type = type(request, allowed);
    byte[] body = request.body();
    List<B> calls = new ArrayList<>();
    try (RecordIoReader records =
        new RecordIoReader(new ByteArrayInputStream(body), Math.max(1, body.length))) {
      Optional<byte[]> record = records.next();
      while (record.isPresent()) {
        calls.add(decode(type, record.get(), builder.get()));
        record = records.next();
      }
    } catch (IOException e) {
      throw HttpException.text(400, "Failed to read records: " + e.getMessage());
    }
    if (calls.isEmpty()) {
      throw HttpException.text(400, "Failed to read records: there is none");
    }
    return calls;
  }

  private static MediaType type(Request request, Set<MediaType> allowed) {
    String contentType =
        request
            .header("Content-Type")
            .orElseThrow(() -> HttpException.text(400, "Expecting 'Content-Type' to be present"));
    return MediaType.of(contentType)
        .filter(allowed::contains)
        .orElseThrow(() ->
            HttpException.text(
                415,
                "Expecting 'Content-Type' of "
                    + String.join(
                        " or ", allowed.stream().sorted().map(MediaType::contentType).toList())));
  }

  private static <B extends Message.Builder> B decode(MediaType type, byte[] bytes, B builder) {
    try {
      return type.decode(bytes, builder);
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }

  static Optional<StreamId> streamId(Request request) {
    return request.header(STREAM_ID).filter(value -> !value.isEmpty()).map(StreamId::new);
  }

  static Response answer(CallAnswer answer) {
    return switch (answer) {
      case CallAnswer.Accepted _ -> Response.empty(202);
      case CallAnswer.Applied _ -> Response.empty(200);
      case CallAnswer.Refused refused -> Response.text(refused.status(), refused.text());
      case CallAnswer.Explained _ ->
          throw new IllegalStateException("a call was answered with an explanation");
    };
  }

  /**
   * As {@link #answer}, for a removal by an operator: 200 once the master has done its part (T1).
   */
  static Response answerRemoval(CallAnswer answer) {
    Response response = answer(answer);
    return response.status() == 202 ? Response.empty(200) : response;
  }
}
