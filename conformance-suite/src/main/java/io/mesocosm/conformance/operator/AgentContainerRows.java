package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.UUID;

/** Section 3: standalone and nested containers by the agent's calls. */
final class AgentContainerRows implements RowTests {
  private static final String RULES = "3/container-id.";

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("3/LAUNCH_CONTAINER", "LAUNCH_CONTAINER", AgentContainerRows::launch);
    rows.test(
        "3/LAUNCH_NESTED_CONTAINER", "LAUNCH_NESTED_CONTAINER", AgentContainerRows::launchNested);
    rows.test("3/WAIT_CONTAINER", "WAIT_CONTAINER", target -> waits(target, standalone(target)));
    rows.test(
        "3/WAIT_NESTED_CONTAINER",
        "WAIT_NESTED_CONTAINER",
        target -> waits(target, nested(target)));
    rows.test("3/KILL_CONTAINER", "KILL_CONTAINER", target -> kill(target, standalone(target)));
    rows.test(
        "3/KILL_NESTED_CONTAINER", "KILL_NESTED_CONTAINER", target -> kill(target, nested(target)));
    rows.test(
        "3/REMOVE_CONTAINER", "REMOVE_CONTAINER", target -> remove(target, standalone(target)));
    rows.test(
        "3/REMOVE_NESTED_CONTAINER",
        "REMOVE_NESTED_CONTAINER",
        target -> remove(target, nested(target)));
    rows.test(
        RULES + "LAUNCH_CONTAINER-without-parent-standalone",
        "LAUNCH_CONTAINER without parent = standalone",
        AgentContainerRows::standaloneRules);
    rows.test(RULES + "depth-2-nested", "depth ≥ 2 nested", AgentContainerRows::deepRules);
  }

  /** The calls about one kind of container. */
  private record Calls(String kind, JsonNode containerId) {
    String type(String verb) {
      return verb + "_" + kind;
    }

    ObjectNode launch(String command) {
      ObjectNode body =
          Json.object("container_id", containerId, "command", Json.object("value", command));
      if (!containerId.has("parent")) {
        body.set("resources", resources());
      }
      return body;
    }

    static JsonNode resources() {
      return Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32));
    }

    JsonNode id() {
      return Json.object("container_id", containerId);
    }
  }

  private static Calls standalone(Target target) {
    Calls calls = new Calls("CONTAINER", Json.value(UUID.randomUUID().toString()));
    target.closing(() -> target.agent().send("KILL_CONTAINER", calls.id()));
    return calls;
  }

  private static Calls nested(Target target) {
    return new Calls("NESTED_CONTAINER", nestedId(parent(target)));
  }

  /** The id of a fresh container within another. */
  static ObjectNode nestedId(JsonNode parent) {
    return Json.object("value", UUID.randomUUID().toString(), "parent", parent);
  }

  /** The id of a running command task's container on the agent. */
  static JsonNode parent(Target target) {
    return AgentReadRows.container(target, Placement.runningTask(target)).get("container_id");
  }

  private static void launchTwice(Target target, Calls calls) {
    String type = calls.type("LAUNCH");
    target.agent().expect(200, type, calls.launch("sleep 1000"));
    target.agent().expect(202, type, calls.launch("sleep 1000"));
  }

  private static void launch(Target target) {
    launchTwice(target, standalone(target));
    launchTwice(target, new Calls("CONTAINER", nestedId(parent(target))));
    for (String id : new String[] {"", "a.b", "a/b", "x".repeat(243)}) {
      Calls wrong = new Calls("CONTAINER", Json.value(id));
      target.agent().expect(400, "LAUNCH_CONTAINER", wrong.launch("true"));
    }
  }

  private static void launchNested(Target target) {
    launchTwice(target, nested(target));
    Calls orphan = new Calls("NESTED_CONTAINER", Json.value(UUID.randomUUID().toString()));
    target.agent().expect(400, "LAUNCH_NESTED_CONTAINER", orphan.launch("true"));
  }

  private static void waits(Target target, Calls calls) {
    target.agent().expect(200, calls.type("LAUNCH"), calls.launch("exit 3"));
    JsonNode end = target.agent().call(calls.type("WAIT"), calls.id());
    Expect.equal(3 << 8, end.path("exit_status").asInt(), "exit_status");
    Calls unknown = new Calls(calls.kind(), renamed(calls.containerId()));
    target.agent().expect(404, calls.type("WAIT"), unknown.id());
  }

  private static JsonNode renamed(JsonNode containerId) {
    return ((ObjectNode) containerId.deepCopy()).put("value", UUID.randomUUID().toString());
  }

  private static void kill(Target target, Calls calls) {
    target.agent().expect(200, calls.type("LAUNCH"), calls.launch("exec sleep 1000"));
    target.agent().expect(200, calls.type("KILL"), calls.id());
    JsonNode end = target.agent().call(calls.type("WAIT"), calls.id());
    Expect.equal(9, end.path("exit_status").asInt() & 0x7f, "signal in exit_status");
    Calls unknown = new Calls(calls.kind(), renamed(calls.containerId()));
    target.agent().expect(404, calls.type("KILL"), unknown.id());
  }

  private static void remove(Target target, Calls calls) {
    target.agent().expect(200, calls.type("LAUNCH"), calls.launch("exec sleep 1000"));
    target.agent().expect(500, calls.type("REMOVE"), calls.id());
    target.agent().expect(200, calls.type("KILL"), calls.id());
    target.agent().call(calls.type("WAIT"), calls.id());
    target.agent().expect(200, calls.type("REMOVE"), calls.id());
    Calls unknown = new Calls(calls.kind(), renamed(calls.containerId()));
    target.agent().expect(200, calls.type("REMOVE"), unknown.id());
  }

  private static void standaloneRules(Target target) {
    Calls calls = standalone(target);
    ObjectNode reserved = calls.launch("true");
    reserved.set(
        "resources", Json.array(Resource.reserved(Resource.scalar("cpus", 0.1), "role", "")));
    target.agent().expect(400, "LAUNCH_CONTAINER", reserved);
    ObjectNode revocable = calls.launch("true");
    ObjectNode cpus = Resource.scalar("cpus", 0.1);
    cpus.set("revocable", Json.object());
    revocable.set("resources", Json.array(cpus));
    target.agent().expect(400, "LAUNCH_CONTAINER", revocable);
    ObjectNode sharing = calls.launch("true");
    sharing.set(
        "container",
        Json.object("type", "MESOS", "linux_info", Json.object("share_cgroups", true)));
    target.agent().expect(400, "LAUNCH_CONTAINER", sharing);
  }

  private static void deepRules(Target target) {
    Calls child = new Calls("CONTAINER", nestedId(parent(target)));
    target.agent().expect(200, "LAUNCH_CONTAINER", child.launch("sleep 1000"));
    Calls grandchild = new Calls("CONTAINER", nestedId(child.containerId()));
    ObjectNode plain = grandchild.launch("true");
    ObjectNode own = plain.deepCopy();
    own.set("resources", Calls.resources());
    target.agent().expect(400, "LAUNCH_CONTAINER", own);
    ObjectNode limited = plain.deepCopy();
    limited.set("limits", Json.object("cpus", Json.object("value", 1)));
    target.agent().expect(400, "LAUNCH_CONTAINER", limited);
    ObjectNode apart = plain.deepCopy();
    apart.set(
        "container",
        Json.object("type", "MESOS", "linux_info", Json.object("share_cgroups", false)));
    target.agent().expect(400, "LAUNCH_CONTAINER", apart);
    target.agent().expect(200, "LAUNCH_CONTAINER", plain);
  }
}
