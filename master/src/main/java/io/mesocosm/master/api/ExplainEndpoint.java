package io.mesocosm.master.api;

import io.mesocosm.allocator.Explanation;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.JsonWriter;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /allocation/explain?framework=…|role=…[&agent=…]}: for each agent and role why it is
 * not offered, with the figures and what would change that. Ours; Mesos has nothing like it.
 */
final class ExplainEndpoint implements Handler {
  private final MasterProxy master;
  private final MasterFacts facts;

  ExplainEndpoint(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    Optional<FrameworkId> framework = id(request, "framework").map(FrameworkId::new);
    Optional<AgentId> agent = id(request, "agent").map(AgentId::new);
    Optional<String> role = request.queryValue("role").filter(text -> !text.isEmpty());
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
        ? Replies.json(request, json(explanations, visible))
        : CallBody.answer(answer);
  }

  private JsonWriter json(List<Explanation> explanations, Visible visible) {
    JsonWriter json = new JsonWriter(16 * 1024).beginObject().name("explanations").beginArray();
    for (Explanation explanation : explanations) {
      Explanation.Subject subject = explanation.subject();
      if (visible.isEverything() || visible.role(subject.role())) {
        json.beginObject();
        json.field("framework", subject.framework().value());
        json.field("role", subject.role());
        json.field("agent", subject.agent().value());
        json.field("reason", explanation.getClass().getSimpleName());
        json.field("sentence", explanation.sentence());
        json.endObject();
      }
    }
    return json.endArray().endObject();
  }

  private static Optional<String> id(Request request, String name) {
    Optional<String> text = request.queryValue(name).filter(value -> !value.isEmpty());
    text.flatMap(Identifiers::problem)
        .ifPresent(problem -> {
          throw HttpException.text(400, name + " " + problem);
        });
    return text;
  }
}
