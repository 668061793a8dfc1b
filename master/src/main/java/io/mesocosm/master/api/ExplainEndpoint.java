package io.mesocosm.master.api;

import io.mesocosm.allocator.Explanation;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.JsonReader;
import io.mesocosm.protocol.JsonValue;
import io.mesocosm.protocol.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /allocation/explain?framework=…|role=…[&agent=…]}: for each agent and role why it is
 * not offered, with the figures and what would change that. Ours; Mesos has nothing like it.
 */
final class ExplainEndpoint implements Handler {
  private static final String CALL = "EXPLAIN_ALLOCATION";

  private final MasterProxy master;
  private final MasterFacts facts;

  ExplainEndpoint(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    return explain(
        request,
        request.queryValue("framework"),
        request.queryValue("role"),
        request.queryValue("agent"));
  }

  /**
   * The same as a call of the operator API, in JSON: {@code {"type":"EXPLAIN_ALLOCATION",
   * "explain_allocation":{"framework_id":{"value":…},"role":…,"agent_id":{"value":…}}}}. Nothing
   * for any other call: those are messages that Mesos knows too.
   */
  Optional<Response> call(Request request) throws InterruptedException {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    if (!body.contains(CALL)
        || !request.header("Content-Type").equals(Optional.of("application/json"))) {
      return Optional.empty();
    }
    try {
      JsonValue call = JsonReader.read(body);
      if (!text(call, "type").equals(Optional.of(CALL))) {
        return Optional.empty();
      }
      Optional<JsonValue> question = field(call, CALL.toLowerCase(Locale.ROOT));
      if (question.isEmpty()) {
        throw HttpException.text(400, "Expecting 'explain_allocation' to be present");
      }
      return Optional.of(
          explain(
              request,
              field(question.get(), "framework_id").flatMap(id -> text(id, "value")),
              text(question.get(), "role"),
              field(question.get(), "agent_id").flatMap(id -> text(id, "value"))));
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<JsonValue> field(JsonValue json, String name) {
    return json instanceof JsonValue.Obj(Map<String, JsonValue> fields)
        ? Optional.ofNullable(fields.get(name))
        : Optional.empty();
  }

  private static Optional<String> text(JsonValue json, String name) {
    return field(json, name)
        .flatMap(value ->
            value instanceof JsonValue.Text(String text) ? Optional.of(text) : Optional.empty());
  }

  private Response explain(
      Request request,
      Optional<String> frameworkId,
      Optional<String> roleName,
      Optional<String> agentId)
      throws InterruptedException {
    Optional<FrameworkId> framework = id("framework", frameworkId).map(FrameworkId::new);
    Optional<AgentId> agent = id("agent", agentId).map(AgentId::new);
    Optional<String> role = roleName.filter(text -> !text.isEmpty());
    if (framework.isEmpty() && role.isEmpty()) {
      throw HttpException.text(
          400, "whose offers? Give framework=<id> or role=<name>, and agent=<id> to ask of one");
    }
    Visible visible = new Visible(facts.authorizer(), request.principal());
    var frameworks = visible.of(master.snapshot()).frameworks();
    if (framework.filter(id -> !frameworks.containsKey(id)).isPresent()) {
      throw HttpException.text(404, "framework " + framework.get() + " is not registered");
    }
    if (role.filter(name -> !visible.role(name)).isPresent()) {
      throw HttpException.text(403, "Not authorized to view role " + role.get() + " (--acls)");
    }
    CallAnswer answer =
        master.ask(number -> new MasterCommand.Explain(number, framework, role, agent));
    return answer instanceof CallAnswer.Explained(List<Explanation> explanations)
        ? Jsonp.response(request, json(explanations, visible, expectedAgents()))
        : CallBody.answer(answer);
  }

  private int expectedAgents() throws InterruptedException {
    return master.snapshot().decisions().recoveredAgents().size();
  }

  /**
   * What the allocator does not know: it goes by limits that allow for agents that are not back.
   */
  static String sentence(Explanation explanation, int expectedAgents) {
    return explanation instanceof Explanation.QuotaLimit && expectedAgents > 0
        ? explanation.sentence()
            + "; a limit is lower than it was set by all that "
            + expectedAgents
            + " agents have that an earlier master knew, until they are back or given up"
            + " (--agent_reregister_timeout)"
        : explanation.sentence();
  }

  private JsonWriter json(List<Explanation> explanations, Visible visible, int expectedAgents) {
    JsonWriter json = new JsonWriter(16 * 1024).beginObject().name("explanations").beginArray();
    for (Explanation explanation : explanations) {
      Explanation.Subject subject = explanation.subject();
      if (visible.isEverything() || visible.role(subject.role())) {
        json.beginObject();
        json.field("framework", subject.framework().value());
        json.field("role", subject.role());
        json.field("agent", subject.agent().value());
        json.field("reason", explanation.getClass().getSimpleName());
        json.field("sentence", sentence(explanation, expectedAgents));
        json.endObject();
      }
    }
    return json.endArray().endObject();
  }

  private static Optional<String> id(String name, Optional<String> given) {
    Optional<String> text = given.filter(value -> !value.isEmpty());
    text.flatMap(Identifiers::problem)
        .ifPresent(problem -> {
          throw HttpException.text(400, name + " " + problem);
        });
    return text;
  }
}
