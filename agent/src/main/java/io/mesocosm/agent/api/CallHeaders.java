package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.protocol.Accept;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIoReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mesos.v1.agent.Protos.Call;

/**
 * How a call came, and how its answer shall go (contracts/mesos-operator-api.md A3 to A6).
 *
 * @param content of the call
 * @param streamed whether the call is the first of a stream of records
 * @param accepted of the answer
 * @param streamWanted whether the answer shall be a stream of records
 */
record CallHeaders(MediaType content, boolean streamed, MediaType accepted, boolean streamWanted) {
  static final String RECORDS = "application/recordio";
  static final String MESSAGE_CONTENT_TYPE = "Message-Content-Type";
  static final String MESSAGE_ACCEPT = "Message-Accept";

  /**
   * @throws HttpException 400 for a header that is missing, 415 and 406 for one that cannot be
   */
  static CallHeaders of(Request request) {
    String contentType =
        request
            .header("Content-Type")
            .orElseThrow(() -> HttpException.text(400, "Expecting 'Content-Type' to be present"));
    boolean streamed = contentType.equals(RECORDS);
    MediaType content = streamed ? messageContent(request) : content(request, contentType);
    Optional<MediaType> accepted =
        Accept.choose(request.headers().getOrDefault("Accept", List.of()));
    if (accepted.isPresent()) {
      if (request.header(MESSAGE_ACCEPT).isPresent()) {
        throw HttpException.text(
            406, "Expecting 'Message-Accept' to be not set for non-streaming responses");
      }
      return new CallHeaders(content, streamed, accepted.get(), false);
    }
    if (!acceptsRecords(request)) {
      throw HttpException.text(
          406,
          "Expecting 'Accept' to allow application/json, application/x-protobuf or " + RECORDS);
    }
    return new CallHeaders(content, streamed, messageAccepted(request), true);
  }

  /**
   * Reads the call.
   *
   * @throws HttpException 400 if it cannot be read
   */
  Call call(Request request) {
    try {
      byte[] body = request.body();
      if (streamed) {
        body =
            new RecordIoReader(new ByteArrayInputStream(body), Math.max(1, body.length))
                .next()
                .orElseThrow(() -> HttpException.text(400, "Expecting at least one record"));
      }
      return content.decode(body, Call.newBuilder()).build();
    } catch (InvalidMessageException | IOException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Streams are for the calls that need them.
   *
   * @throws HttpException 415 for a stream of requests, 406 for one of answers, that has no place
   */
  void requireFit(Call.Type type) {
    boolean input = type == Call.Type.ATTACH_CONTAINER_INPUT;
    if (streamed != input) {
      throw HttpException.text(
          415,
          input
              ? "Expecting 'Content-Type' of " + RECORDS + " for " + type
              : "Streaming 'Content-Type' " + RECORDS + " is not supported for " + type);
    }
    boolean output =
        type == Call.Type.ATTACH_CONTAINER_OUTPUT
            || type == Call.Type.LAUNCH_NESTED_CONTAINER_SESSION;
    if (streamWanted && !output) {
      throw HttpException.text(
          406, "Streaming response is not supported for " + type + ": accept " + typesOfMessages());
    }
  }

  private static MediaType content(Request request, String contentType) {
    MediaType type =
        MediaType.of(contentType)
            .orElseThrow(() ->
                HttpException.text(
                    415, "Expecting 'Content-Type' of " + typesOfMessages() + " or " + RECORDS));
    if (request.header(MESSAGE_CONTENT_TYPE).isPresent()) {
      throw HttpException.text(
          415, "Expecting 'Message-Content-Type' to be not set for non-streaming requests");
    }
    return type;
  }

  private static MediaType messageContent(Request request) {
    String type =
        request
            .header(MESSAGE_CONTENT_TYPE)
            .orElseThrow(() ->
                HttpException.text(
                    400, "Expecting 'Message-Content-Type' to be set for streaming requests"));
    return MediaType.of(type)
        .orElseThrow(() ->
            HttpException.text(415, "Expecting 'Message-Content-Type' of " + typesOfMessages()));
  }

  private static MediaType messageAccepted(Request request) {
    List<String> values = request.headers().getOrDefault(MESSAGE_ACCEPT, List.of());
    return (values.isEmpty() ? Optional.of(MediaType.JSON) : Accept.choose(values))
        .orElseThrow(() ->
            HttpException.text(406, "Expecting 'Message-Accept' to allow " + typesOfMessages()));
  }

  private static boolean acceptsRecords(Request request) {
    return request.headers().getOrDefault("Accept", List.of()).stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .map(range -> range.split(";")[0].strip())
        .anyMatch(RECORDS::equalsIgnoreCase);
  }

  private static String typesOfMessages() {
    return MediaType.JSON.contentType() + " or " + MediaType.PROTOBUF.contentType();
  }
}
