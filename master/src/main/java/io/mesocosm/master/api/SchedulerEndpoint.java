package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.MediaType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * {@code POST /api/v1/scheduler} (contracts/mesos-scheduler-api.md sections 1 to 3). Checks what
 * can be checked without the state of the cluster, in the order of section 2; the core does the
 * rest.
 */
final class SchedulerEndpoint implements Handler {
  private final MasterProxy master;
  private final EventStreams streams;
  private final StreamIds streamIds;

  SchedulerEndpoint(MasterProxy master, EventStreams streams, StreamIds streamIds) {
    this.master = master;
    this.streams = streams;
    this.streamIds = streamIds;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Call call = CallBody.read(request, EnumSet.allOf(MediaType.class), Call.newBuilder()).build();
    SchedulerCallValidation.problem(call)
        .ifPresent(problem -> {
          throw HttpException.text(400, "Failed to validate scheduler::Call: " + problem);
        });
    if (call.getType() == Call.Type.SUBSCRIBE) {
      return subscribe(request, call);
    }
    if (call.getType() == Call.Type.RECONCILE_OPERATIONS) {
      acceptedType(request);
    }
    Optional<StreamId> stream = CallBody.streamId(request);
    return CallBody.answer(
        master.ask(
            number -> new MasterCommand.SchedulerCall(number, stream, call, Optional.empty())));
  }

  private Response subscribe(Request request, Call call) {
    MediaType type = acceptedType(request);
    if (request.header(CallBody.STREAM_ID).isPresent()) {
      throw HttpException.text(
          400, "Subscribe calls should not include the '" + CallBody.STREAM_ID + "' header");
    }
    StreamId stream = streamIds.next();
    return new Response.Stream(
        200,
        Map.of("Content-Type", type.contentType(), CallBody.STREAM_ID, stream.value()),
        sink -> opened(stream, sink, type, call));
  }

  /** The core must hear of the stream before it can hear of its end. */
  private void opened(StreamId stream, StreamSink sink, MediaType type, Call call) {
    streams.open(stream, sink, type);
    master.post(new MasterCommand.SchedulerSubscribe(stream, call, Optional.empty()));
    streams.onEnded(
        stream, sink, () -> master.postLater(new MasterCommand.SchedulerStreamClosed(stream)));
  }

  private static MediaType acceptedType(Request request) {
    return Accept.choose(request)
        .orElseThrow(() ->
            HttpException.text(
                406, "Expecting 'Accept' to allow application/json or application/x-protobuf"));
  }
}
