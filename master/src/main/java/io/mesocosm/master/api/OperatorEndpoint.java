package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.MediaType;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.Flag;
import org.apache.mesos.v1.Protos.VersionInfo;
import org.apache.mesos.v1.master.Protos;
import org.apache.mesos.v1.master.Protos.Call;

/**
 * {@code POST /api/v1}, the v1 operator API: the calls that read the cluster, and TEARDOWN. Others
 * are answered 501 (contracts/mesos-operator-api.md A6).
 */
final class OperatorEndpoint implements Handler {
  private final MasterProxy master;
  private final MasterFacts facts;

  OperatorEndpoint(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Call call = CallBody.read(request, EnumSet.allOf(MediaType.class), Call.newBuilder()).build();
    if (!call.hasType()) {
      throw HttpException.text(
          400, "Failed to validate master::Call: Expecting 'type' to be present");
    }
    MediaType accepted =
        Accept.choose(request)
            .orElseThrow(() ->
                HttpException.text(
                    406, "Expecting 'Accept' to allow application/json or application/x-protobuf"));
    if (call.getType() == Call.Type.TEARDOWN) {
      return teardown(call);
    }
    Protos.Response reply = reply(call);
    return Response.of(200, accepted.contentType(), accepted.encode(reply));
  }

  private Protos.Response reply(Call call) throws InterruptedException {
    var reply = Protos.Response.newBuilder();
    // Few of the many calls so far: a list of all the others would say less than this default.
    return switch (call.getType()) {
      case GET_HEALTH -> {
        reply.setType(Protos.Response.Type.GET_HEALTH).getGetHealthBuilder().setHealthy(true);
        yield reply.build();
      }
      case GET_VERSION -> {
        reply
            .setType(Protos.Response.Type.GET_VERSION)
            .getGetVersionBuilder()
            .setVersionInfo(VersionInfo.newBuilder().setVersion(facts.version()));
        yield reply.build();
      }
      case GET_FLAGS -> {
        var flags = reply.setType(Protos.Response.Type.GET_FLAGS).getGetFlagsBuilder();
        facts
            .flagTexts()
            .forEach(
                (name, text) -> flags.addFlags(Flag.newBuilder().setName(name).setValue(text)));
        yield reply.build();
      }
      case GET_MASTER -> {
        double started = TimeUnit.MILLISECONDS.toSeconds(facts.started().toEpochMilli());
        reply
            .setType(Protos.Response.Type.GET_MASTER)
            .getGetMasterBuilder()
            .setMasterInfo(facts.info())
            .setStartTime(started)
            .setElectedTime(started);
        yield reply.build();
      }
      case GET_AGENTS ->
          reply
              .setType(Protos.Response.Type.GET_AGENTS)
              .setGetAgents(OperatorMessages.agents(master.snapshot()))
              .build();
      case GET_FRAMEWORKS ->
          reply
              .setType(Protos.Response.Type.GET_FRAMEWORKS)
              .setGetFrameworks(OperatorMessages.frameworks(master.snapshot()))
              .build();
      case GET_TASKS ->
          reply
              .setType(Protos.Response.Type.GET_TASKS)
              .setGetTasks(OperatorMessages.tasks(master.snapshot()))
              .build();
      case GET_EXECUTORS ->
          reply
              .setType(Protos.Response.Type.GET_EXECUTORS)
              .setGetExecutors(OperatorMessages.executors(master.snapshot()))
              .build();
      case GET_STATE ->
          reply
              .setType(Protos.Response.Type.GET_STATE)
              .setGetState(OperatorMessages.state(master.snapshot()))
              .build();
      default -> throw HttpException.text(501, call.getType() + " is not supported by this master");
    };
  }

  private Response teardown(Call call) throws InterruptedException {
    String id = call.getTeardown().getFrameworkId().getValue();
    if (!call.hasTeardown()) {
      throw HttpException.text(
          400, "Failed to validate master::Call: Expecting 'teardown' to be present");
    }
    if (Identifiers.problem(id).isPresent()) {
      throw HttpException.text(400, "No framework found with specified ID");
    }
    FrameworkId framework = new FrameworkId(id);
    return CallBody.answerRemoval(
        master.ask(number -> new MasterCommand.TeardownFramework(number, framework)));
  }
}
