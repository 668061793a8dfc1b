package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.Accept;
import io.mesocosm.protocol.MediaType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.master.Protos;
import org.apache.mesos.v1.master.Protos.Call;

/**
 * {@code POST /api/v1}, the v1 operator API (contracts/mesos-operator-api.md §1, §2, §4): what
 * changes something goes to the core, what reads is answered from the readers' copy.
 */
final class OperatorEndpoint implements Handler {
  private final MasterProxy master;
  private final OperatorReads reads;
  private final ExplainEndpoint explain;
  private final MasterFacts facts;
  private final OperatorStreams streams;
  private final StreamIds streamIds;

  OperatorEndpoint(
      MasterProxy master,
      MasterFacts facts,
      OperatorReads reads,
      ExplainEndpoint explain,
      OperatorStreams streams,
      StreamIds streamIds) {
    this.master = master;
    this.facts = facts;
    this.reads = reads;
    this.explain = explain;
    this.streams = streams;
    this.streamIds = streamIds;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Optional<Response> explanation = explain.call(request);
    if (explanation.isPresent()) {
      return explanation.get();
    }
    Call call = CallBody.read(request, EnumSet.allOf(MediaType.class), Call.newBuilder()).build();
    OperatorCallValidation.problem(call)
        .ifPresent(problem -> {
          throw HttpException.text(400, "Failed to validate master::Call: " + problem);
        });
    MediaType accepted =
        Accept.choose(request.headers().getOrDefault("Accept", List.of()))
            .orElseThrow(() ->
                HttpException.text(
                    406, "Expecting 'Accept' to allow application/json or application/x-protobuf"));
    if (call.getType() == Call.Type.SUBSCRIBE) {
      return subscribe(request, accepted);
    }
    if (OperatorCallValidation.isWrite(call.getType())) {
      return CallBody.answer(
          master.ask(number -> new MasterCommand.OperatorCall(number, call, request.principal())));
    }
    Optional<Protos.Response> reply =
        reads.answer(call, new Visible(facts.authorizer(), request.principal()));
    return reply
        .<Response>map(
            message -> Response.of(200, accepted.contentType(), accepted.encode(message)))
        .orElseGet(() -> Response.empty(200));
  }

  private Response subscribe(Request request, MediaType type) {
    StreamId stream = streamIds.next();
    return new Response.Stream(
        200,
        Map.of("Content-Type", type.contentType()),
        sink -> opened(stream, sink, type, request));
  }

  /** The core must hear of the stream before it can hear of its end. */
  private void opened(StreamId stream, StreamSink sink, MediaType type, Request request) {
    streams.open(stream, sink, type, request.principal());
    master.post(new MasterCommand.OperatorSubscribe(stream));
    sink.onClosed(() -> {
      streams.ended(stream);
      master.postLater(new MasterCommand.OperatorStreamClosed(stream));
    });
  }
}
