package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;

/** Sections 12 and 13: attributes, weights and the rest. */
final class AttributeRows implements RowTests {
  private static final String START = "the text of --attributes is read when an agent starts";

  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.notObservable("12/A1", "text form", START);
    rows.notObservable("12/A2", "white space and keys", START);
    rows.notObservable("12/A3", "a name twice", START);
    rows.test("12/A4", "attributes in /state", AttributeRows::attributes);
    rows.notObservable("12/A5", "changed attributes", "needs the agent to restart");
    rows.exclusive("13/W1", "UPDATE_WEIGHTS", AttributeRows::weights);
    rows.exclusive("13/W2", "offers rescinded with the weights", AttributeRows::rescinded);
    rows.notObservable(
        "13/W3", "no limit of offers a framework", "the absence of a limit cannot be shown");
    rows.test("13/W4", "gauges of the allocator", AttributeRows::metrics);
    rows.test(
        "13/W5",
        "REQUEST is ignored",
        target -> {
          SchedulerSession session = target.subscribeQuietly();
          session.call("REQUEST", "requests", Json.array());
        });
  }

  private static void attributes(Target target) {
    boolean any = false;
    for (JsonNode slave : target.master().get("/state").path("slaves")) {
      JsonNode agent = target.cluster().agent(slave.path("id").asText());
      for (JsonNode attribute : agent.at("/agent_info/attributes")) {
        any = true;
        JsonNode shown = slave.path("attributes").path(attribute.path("name").asText());
        boolean right =
            attribute.path("type").asText().equals("SCALAR") ? shown.isNumber() : shown.isTextual();
        Expect.that(right, "a number for a scalar, else a text, for " + attribute, shown);
      }
    }
    if (!any) {
      throw new NotObservable("needs an agent with attributes");
    }
  }

  private static void weights(Target target) {
    String role = target.unique();
    Shares.weight(target, role, 2.5);
    JsonNode weight =
        Json.each(target.master().call("GET_WEIGHTS").path("weight_infos"))
            .filter(one -> one.path("role").asText().equals(role))
            .findFirst()
            .orElseThrow(() ->
                new io.mesocosm.conformance.Mismatch("role " + role + " in GET_WEIGHTS", "absent"));
    Expect.equal(2.5, weight.path("weight").asDouble(), "weight");
    for (double bad : new double[] {0, -1}) {
      JsonNode info = Json.object("role", role, "weight", bad);
      target.master().expect(400, "UPDATE_WEIGHTS", Json.object("weight_infos", Json.array(info)));
    }
  }

  private static void rescinded(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    Shares.weight(target, session.framework().role(), 2);
    session
        .events()
        .await(
            "RESCIND", event -> event.at("/rescind/offer_id").equals(offer.get("id")), Shares.SOON);
  }

  private static void metrics(Target target) {
    JsonNode metrics = target.master().get("/metrics/snapshot");
    for (String name : new String[] {"cpus", "mem", "disk"}) {
      Expect.fields(
          metrics,
          "/metrics/snapshot",
          "allocator/mesos/resources/" + name + "/total",
          "allocator/mesos/resources/" + name + "/offered_or_allocated");
    }
  }
}
