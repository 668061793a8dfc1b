package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;

/** Section 2: the operator's reservations and volumes. */
final class MasterResourceRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("2/RESERVE_RESOURCES", "RESERVE_RESOURCES", MasterResourceRows::reserve);
    rows.withOffers("2/UNRESERVE_RESOURCES", "UNRESERVE_RESOURCES", MasterResourceRows::unreserve);
    rows.withOffers("2/CREATE_VOLUMES", "CREATE_VOLUMES", MasterResourceRows::create);
    rows.withOffers("2/DESTROY_VOLUMES", "DESTROY_VOLUMES", MasterResourceRows::destroy);
    rows.withOffers("2/GROW_VOLUME", "GROW_VOLUME", MasterResourceRows::grow);
    rows.withOffers("2/SHRINK_VOLUME", "SHRINK_VOLUME", MasterResourceRows::shrink);
  }

  private static void reserve(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    holdings.reserve(Resource.scalar("cpus", 0.25));
    holdings.await("0.25 cpus reserved", "cpus", 0.25);
    ObjectNode tooMuch = holdings.reserved(Resource.scalar("cpus", 1e6));
    holdings.expect(409, "RESERVE_RESOURCES", "resources", tooMuch);
    JsonNode unknown =
        Json.object(
            "agent_id",
            Json.value("none-" + target.unique()),
            "resources",
            Json.array(holdings.reserved(Resource.scalar("cpus", 0.1))));
    target.master().expect(400, "RESERVE_RESOURCES", unknown);
    holdings.expect(400, "RESERVE_RESOURCES", "resources", Resource.scalar("cpus", 0.1));
  }

  private static void unreserve(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    ObjectNode reserved = holdings.reserve(Resource.scalar("mem", 16));
    holdings.await("16 MB reserved", "mem", 16);
    holdings.expect(202, "UNRESERVE_RESOURCES", "resources", reserved);
    holdings.await("nothing reserved", "mem", 0);
    holdings.expect(409, "UNRESERVE_RESOURCES", "resources", reserved);
    holdings.expect(400, "UNRESERVE_RESOURCES", "resources", Resource.scalar("mem", 16));
  }

  private static void create(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    JsonNode volume = holdings.create(64);
    holdings.awaitVolume(volume, 64);
    holdings.expect(409, "CREATE_VOLUMES", "volumes", holdings.volume(64));
    ObjectNode unreserved =
        Resource.volume(
            Resource.scalar("disk", 8), "v-" + target.unique(), "data", target.principal());
    holdings.expect(400, "CREATE_VOLUMES", "volumes", unreserved);
  }

  private static void destroy(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    JsonNode volume = holdings.create(32);
    holdings.awaitVolume(volume, 32);
    holdings.expect(202, "DESTROY_VOLUMES", "volumes", volume);
    holdings.awaitVolume(volume, 0);
    Answer again = holdings.send("DESTROY_VOLUMES", "volumes", volume);
    Expect.that(
        again.status() == 400 || again.status() == 409,
        "400 or 409 for a volume that does not exist",
        again.status() + " " + again.text());
  }

  private static void grow(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    JsonNode volume = holdings.create(32);
    holdings.awaitVolume(volume, 32);
    ObjectNode addition = holdings.reserve(Resource.scalar("disk", 16));
    ObjectNode body =
        Json.object("agent_id", holdings.agentId(), "volume", volume, "addition", addition);
    target.master().expect(202, "GROW_VOLUME", body);
    holdings.awaitVolume(volume, 48);
    target.master().expect(400, "GROW_VOLUME", body.without("agent_id"));
  }

  private static void shrink(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    JsonNode volume = holdings.create(32);
    holdings.awaitVolume(volume, 32);
    ObjectNode body =
        Json.object(
            "agent_id", holdings.agentId(), "volume", volume, "subtract", Json.object("value", 8));
    target.master().expect(202, "SHRINK_VOLUME", body);
    holdings.awaitVolume(volume, 24);
    target.master().expect(400, "SHRINK_VOLUME", body.without("agent_id"));
  }
}
