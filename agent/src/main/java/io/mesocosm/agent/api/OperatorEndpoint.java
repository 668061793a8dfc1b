package io.mesocosm.agent.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.protocol.MediaType;
import org.apache.mesos.v1.agent.Protos.Call;

/** {@code POST /api/v1}, the agent's v1 operator API (contracts/mesos-operator-api.md §1, §3). */
final class OperatorEndpoint implements Handler {
  private final AgentFacts facts;
  private final OperatorReads reads;

  OperatorEndpoint(AgentFacts facts, OperatorReads reads) {
    this.facts = facts;
    this.reads = reads;
  }

  @Override
  public Response handle(Request request) {
    CallHeaders headers = CallHeaders.of(request);
    Call call = headers.call(request);
    OperatorCallValidation.problem(call)
        .ifPresent(problem -> {
          throw HttpException.text(400, "Failed to validate agent::Call: " + problem);
        });
    headers.requireFit(call.getType());
    MediaType accepted = headers.accepted();
    return reads
        .answer(call, facts.visible(request))
        .<Response>map(
            message -> Response.of(200, accepted.contentType(), accepted.encode(message)))
        .orElseGet(() -> Response.empty(200));
  }
}
