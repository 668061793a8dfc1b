package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.StreamId;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/** {@code POST /api/v1/agent-link}: the agents' end of the link (decision 0002), protobuf only. */
final class AgentLinkEndpoint implements Handler {
  private final MasterProxy master;
  private final EventStreams streams;
  private final StreamIds streamIds;

  AgentLinkEndpoint(MasterProxy master, EventStreams streams, StreamIds streamIds) {
    this.master = master;
    this.streams = streams;
    this.streamIds = streamIds;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    LinkCall call =
        CallBody.read(request, EnumSet.of(MediaType.PROTOBUF), LinkCall.newBuilder()).build();
    LinkCallValidation.problem(call)
        .ifPresent(problem -> {
          throw HttpException.text(400, "Failed to validate LinkCall: " + problem);
        });
    if (call.getType() == LinkCall.Type.SUBSCRIBE) {
      return subscribe(request, call);
    }
    Optional<StreamId> stream = CallBody.streamId(request);
    return CallBody.answer(master.ask(number -> new MasterCommand.AgentCall(number, stream, call)));
  }

  private Response subscribe(Request request, LinkCall call) {
    if (request.header(CallBody.STREAM_ID).isPresent()) {
      throw HttpException.text(
          400, "Subscribe calls should not include the '" + CallBody.STREAM_ID + "' header");
    }
    InetAddress address = request.remote().getAddress();
    String ip = address == null ? "" : address.getHostAddress();
    StreamId stream = streamIds.next();
    return new Response.Stream(
        200,
        Map.of(
            "Content-Type", MediaType.PROTOBUF.contentType(), CallBody.STREAM_ID, stream.value()),
        sink -> opened(stream, sink, call, ip, request.principal()));
  }

  /** The core must hear of the stream before it can hear of its end. */
  private void opened(
      StreamId stream, StreamSink sink, LinkCall call, String ip, Optional<Principal> principal) {
    streams.open(stream, sink, MediaType.PROTOBUF);
    master.post(new MasterCommand.AgentSubscribe(stream, call, ip, principal));
    streams.onEnded(
        stream, sink, () -> master.postLater(new MasterCommand.AgentStreamClosed(stream)));
  }
}
