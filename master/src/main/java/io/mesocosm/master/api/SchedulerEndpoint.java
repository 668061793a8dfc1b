package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.StreamId;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.Accept;
import io.mesocosm.protocol.MediaType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * {@code POST /api/v1/scheduler} (contracts/mesos-scheduler-api.md sections 1 to 3). Checks what
 * can be checked without the state of the cluster, in the order of section 2; the core does the
 * rest.
 */
final class SchedulerEndpoint implements Handler {
  private static final String BATCH = "Mesocosm-Batch";
  private static final String BATCH_OF_RECORDS = "records";

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
    if (request.principal().filter(who -> who.value().isEmpty()).isPresent()) {
      throw HttpException.text(
          403, "The principal of a scheduler must have a value, and this one has claims only");
    }
    Optional<StreamId> stream = CallBody.streamId(request);
    if (request.header(BATCH).isPresent()) {
      return batch(request, stream);
    }
    Call call = CallBody.read(request, EnumSet.allOf(MediaType.class), Call.newBuilder()).build();
    validate(call, request.principal());
    if (call.getType() == Call.Type.SUBSCRIBE) {
      return subscribe(request, call);
    }
    if (call.getType() == Call.Type.RECONCILE_OPERATIONS) {
      acceptedType(request);
    }
    return CallBody.answer(
        master.ask(
            number -> new MasterCommand.SchedulerCall(number, stream, call, request.principal())));
  }

  /**
   * Our extension: several calls of one framework in one request, each a record, applied in order
   * and answered once. Announced by the same header on the answer to SUBSCRIBE; who does not know
   * of it never meets it.
   */
  private Response batch(Request request, Optional<StreamId> stream) throws InterruptedException {
    if (!request.header(BATCH).filter(BATCH_OF_RECORDS::equals).isPresent()) {
      throw HttpException.text(
          400, "Expecting '" + BATCH + "' to be '" + BATCH_OF_RECORDS + "', or not to be present");
    }
    List<Call> calls = new ArrayList<>();
    for (Call.Builder each :
        CallBody.readRecords(request, EnumSet.allOf(MediaType.class), Call::newBuilder)) {
      Call call = each.build();
      validate(call, request.principal());
      if (call.getType() == Call.Type.SUBSCRIBE) {
        throw invalid("SUBSCRIBE cannot be one of several calls in a batch");
      }
      if (!calls.isEmpty() && !call.getFrameworkId().equals(calls.getFirst().getFrameworkId())) {
        throw invalid("the calls of a batch must have the same 'framework_id'");
      }
      calls.add(call);
    }
    return CallBody.answer(
        master.ask(number ->
            new MasterCommand.SchedulerCalls(
                number, stream, List.copyOf(calls), request.principal())));
  }

  private static void validate(Call call, Optional<Principal> principal) {
    SchedulerCallValidation.problem(call, principal)
        .ifPresent(problem -> {
          throw invalid(problem);
        });
  }

  private static HttpException invalid(String problem) {
    return HttpException.text(400, "Failed to validate scheduler::Call: " + problem);
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
        Map.of(
            "Content-Type",
            type.contentType(),
            CallBody.STREAM_ID,
            stream.value(),
            BATCH,
            BATCH_OF_RECORDS),
        sink -> opened(stream, sink, type, call, request.principal()));
  }

  /** The core must hear of the stream before it can hear of its end. */
  private void opened(
      StreamId stream, StreamSink sink, MediaType type, Call call, Optional<Principal> principal) {
    streams.open(stream, sink, type);
    master.post(new MasterCommand.SchedulerSubscribe(stream, call, principal));
    streams.onEnded(
        stream, sink, () -> master.postLater(new MasterCommand.SchedulerStreamClosed(stream)));
  }

  private static MediaType acceptedType(Request request) {
    return Accept.choose(request.headers().getOrDefault("Accept", List.of()))
        .orElseThrow(() ->
            HttpException.text(
                406, "Expecting 'Accept' to allow application/json or application/x-protobuf"));
  }
}
