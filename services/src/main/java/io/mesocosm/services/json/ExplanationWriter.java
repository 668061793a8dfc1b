package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.explain.Explanation;
import io.mesocosm.services.explain.Explanation.DeploymentWait;
import io.mesocosm.services.explain.Explanation.InstanceDoubt;
import io.mesocosm.services.explain.Explanation.Reach;
import io.mesocosm.services.explain.Explanation.Refusing;
import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.Optional;

/** Writes why an app or a pod does not run as wanted. Ours; the original has no such answer. */
public final class ExplanationWriter {
  private ExplanationWriter() {}

  public static ObjectNode write(Explanation explanation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("appId", explanation.id().path());
    json.put("wanted", explanation.wanted());
    json.put("running", explanation.running());
    json.put("staged", explanation.staged());
    json.put("waiting", explanation.waiting());
    json.put("summary", explanation.summary());
    explanation.role().ifPresent(role -> json.put("role", role));
    time(json, "since", explanation.since());
    time(json, "delayUntil", explanation.delayUntil());
    explanation.haltedBecause().ifPresent(why -> json.put("haltedBecause", why));
    ArrayNode agents = json.putArray("agents");
    explanation.agents().forEach(agent -> write(agent, agents.addObject()));
    explanation.reach().ifPresent(reach -> write(reach, json.putObject("cluster")));
    explanation
        .quota()
        .ifPresent(
            quota -> json.putObject("quota").put("role", quota.role()).put("text", quota.text()));
    ArrayNode suggestions = json.putArray("suggestions");
    explanation
        .suggestions()
        .forEach(suggestion -> {
          ObjectNode one = suggestions.addObject().put("text", suggestion.text());
          suggestion.agents().ifPresent(count -> one.put("agents", count));
        });
    ArrayNode instances = json.putArray("instances");
    explanation.instances().forEach(instance -> write(instance, instances.addObject()));
    ArrayNode deployments = json.putArray("deployments");
    explanation.deployments().forEach(wait -> write(wait, deployments.addObject()));
    explanation.lastFailure().ifPresent(failure -> write(failure, json.putObject("lastFailure")));
    return json;
  }

  private static void write(Refusing agent, ObjectNode json) {
    json.put("hostname", agent.hostname());
    json.put("agentId", agent.agentId());
    json.put("at", Timestamps.format(agent.at()));
    if (agent.agents() > 1) {
      json.put("count", agent.agents());
    }
    ArrayNode refusals = json.putArray("refusals");
    for (Refusal refusal : agent.refusals()) {
      ObjectNode one =
          refusals
              .addObject()
              .put("reason", refusal.reason().text())
              .put("rule", refusal.rule())
              .put("value", refusal.value())
              .put("limit", refusal.limit())
              .put("text", refusal.text())
              .put("waitingMayHelp", refusal.waitingMayHelp());
      refusal.missing().ifPresent(missing -> one.put("shortBy", missing));
    }
  }

  private static void write(Reach reach, ObjectNode json) {
    json.put("agents", reach.agents());
    json.put("active", reach.active());
    json.put("offered", reach.offered());
    ArrayNode others = json.putArray("notOffered");
    reach.notOffered().forEach(others::add);
    json.put("text", reach.text());
  }

  private static void write(InstanceDoubt instance, ObjectNode json) {
    json.put("id", instance.id());
    json.put("hostname", instance.hostname());
    json.put("condition", instance.condition());
    json.put("since", Timestamps.format(instance.since()));
    json.put("text", instance.text());
  }

  private static void write(DeploymentWait wait, ObjectNode json) {
    json.put("id", wait.id());
    json.put("step", wait.step());
    json.put("of", wait.of());
    ArrayNode texts = json.putArray("waitsFor");
    wait.waitsFor().forEach(texts::add);
  }

  private static void write(TaskFailure failure, ObjectNode json) {
    json.put("taskId", failure.taskId());
    json.put("state", failure.state());
    json.put("message", failure.message());
    json.put("host", failure.host());
    json.put("agentId", failure.agentId());
    json.put("version", Timestamps.format(failure.version()));
    json.put("timestamp", Timestamps.format(failure.at()));
  }

  private static void time(ObjectNode json, String name, Optional<Instant> at) {
    at.ifPresent(is -> json.put(name, Timestamps.format(is)));
  }
}
