package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Section 12: offer constraints. */
final class OfferConstraintRows implements RowTests {
  private static final Duration A_WHILE = Duration.ofSeconds(2);
  private static final JsonNode HOSTNAME = Json.object("pseudoattribute_type", "HOSTNAME");
  private static final JsonNode NOWHERE = Json.object("attribute_name", "no-such-attribute");

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("12/OC1", "groups: or; within a group: and", OfferConstraintRows::groups);
    rows.test("12/OC2", "selectors", OfferConstraintRows::selectors);
    rows.withOffers("12/OC3", "predicates", OfferConstraintRows::predicates);
    rows.withOffers("12/OC4", "a missing attribute", OfferConstraintRows::missing);
    rows.withOffers("12/OC5", "an attribute that is no text", OfferConstraintRows::noText);
    rows.test("12/OC6", "regular expressions and their limits", OfferConstraintRows::expressions);
    rows.test("12/OC7", "empty groups", OfferConstraintRows::empty);
    rows.notObservable(
        "12/OC8", "the first of several attributes", "needs an agent with a repeated attribute");
    rows.exclusive("12/OC9", "outstanding offers stay", OfferConstraintRows::outstanding);
    rows.withOffers("12/OC10", "a role without constraints", OfferConstraintRows::otherRole);
  }

  static JsonNode constraint(JsonNode selector, String predicate, Object... body) {
    return Json.object(
        "selector", selector, "predicate", Json.object(predicate, Json.object(body)));
  }

  static JsonNode group(JsonNode... constraints) {
    return Json.object("attribute_constraints", Json.array((Object[]) constraints));
  }

  static JsonNode constraints(String role, JsonNode... groups) {
    return Json.object(
        "role_constraints",
        Json.object(role, Json.object("groups", Json.array((Object[]) groups))));
  }

  private static String hostname(Target target) {
    return target.cluster().agents().findFirst().orElseThrow().at("/agent_info/hostname").asText();
  }

  /** Which hostnames are offered under these groups; empty for none in a while. */
  private static List<String> offered(Target target, JsonNode... groups) {
    Framework framework = target.framework();
    SchedulerSession session =
        target.subscribe(framework.constraints(constraints(framework.role(), groups)));
    List<String> hosts =
        session.events().poll("OFFERS", _ -> true, A_WHILE).stream()
            .flatMap(event -> Json.each(event.at("/offers/offers")))
            .map(offer -> offer.path("hostname").asText())
            .toList();
    session.close();
    return hosts;
  }

  private static void only(Target target, String host, JsonNode... groups) {
    List<String> hosts = offered(target, groups);
    Expect.that(
        !hosts.isEmpty() && hosts.stream().allMatch(host::equals),
        "offers of " + host + " only",
        hosts);
  }

  private static void groups(Target target) {
    String host = hostname(target);
    JsonNode here = constraint(HOSTNAME, "text_equals", "value", host);
    JsonNode elsewhere = constraint(HOSTNAME, "text_equals", "value", "elsewhere");
    only(target, host, group(elsewhere), group(here));
    Expect.equal(List.of(), offered(target, group(here, elsewhere)), "offers where both must hold");
  }

  private static void selectors(Target target) {
    Framework framework = target.framework().suppressed();
    for (JsonNode selector :
        List.of(Json.object(), Json.object("pseudoattribute_type", "UNKNOWN"))) {
      target.refusal(
          framework.constraints(
              constraints(
                  framework.role(), group(constraint(selector, "text_equals", "value", "a")))));
    }
    for (String type : List.of("HOSTNAME", "REGION", "ZONE")) {
      target.subscribe(
          framework.constraints(
              constraints(
                  framework.role(),
                  group(constraint(Json.object("pseudoattribute_type", type), "exists")))));
    }
  }

  private static void predicates(Target target) {
    String host = hostname(target);
    only(target, host, group(constraint(HOSTNAME, "text_equals", "value", host)));
    only(
        target,
        host,
        group(
            constraint(
                HOSTNAME,
                "text_matches",
                "regex",
                Pattern.quote(host).replaceAll("\\\\[QE]", ""))));
    List<String> others =
        offered(target, group(constraint(HOSTNAME, "text_not_equals", "value", host)));
    Expect.that(!others.contains(host), "no offer of " + host, others);
    List<String> unmatched =
        offered(target, group(constraint(HOSTNAME, "text_not_matches", "regex", host)));
    Expect.that(!unmatched.contains(host), "no offer of " + host, unmatched);
    Expect.that(
        !offered(target, group(constraint(HOSTNAME, "exists"))).isEmpty(), "offers", "none");
    Expect.equal(
        List.of(),
        offered(target, group(constraint(HOSTNAME, "not_exists"))),
        "offers without hostname");
  }

  private static void missing(Target target) {
    for (JsonNode holds :
        List.of(
            constraint(NOWHERE, "not_exists"),
            constraint(NOWHERE, "text_not_equals", "value", "a"),
            constraint(NOWHERE, "text_not_matches", "regex", "a"))) {
      Expect.that(!offered(target, group(holds)).isEmpty(), "offers for " + holds, "none");
    }
    for (JsonNode fails :
        List.of(
            constraint(NOWHERE, "exists"),
            constraint(NOWHERE, "text_equals", "value", "a"),
            constraint(NOWHERE, "text_matches", "regex", ".*"))) {
      Expect.equal(List.of(), offered(target, group(fails)), "offers for " + fails);
    }
  }

  private static void noText(Target target) {
    JsonNode attribute =
        target
            .cluster()
            .agents()
            .flatMap(agent -> Json.each(agent.at("/agent_info/attributes")))
            .filter(one -> !one.path("type").asText().equals("TEXT"))
            .findFirst()
            .orElseThrow(
                () -> new NotObservable("needs an agent with an attribute that is no text"));
    JsonNode selector = Json.object("attribute_name", attribute.get("name"));
    Expect.that(
        !offered(target, group(constraint(selector, "text_equals", "value", "a"))).isEmpty(),
        "offers",
        "none");
    Expect.that(
        !offered(target, group(constraint(selector, "text_matches", "regex", "a"))).isEmpty(),
        "offers",
        "none");
  }

  private static void expressions(Target target) {
    Framework framework = target.framework().suppressed();
    for (String bad : List.of("(", "a".repeat(5000), "(a{1,100}){1,10}")) {
      target.refusal(
          framework.constraints(
              constraints(
                  framework.role(), group(constraint(HOSTNAME, "text_matches", "regex", bad)))));
    }
    target.subscribe(
        framework.constraints(
            constraints(
                framework.role(),
                group(constraint(HOSTNAME, "text_matches", "regex", "[a-z]+\\d*")))));
  }

  private static void empty(Target target) {
    Framework framework = target.framework().suppressed();
    target.refusal(framework.constraints(constraints(framework.role())));
    target.refusal(framework.constraints(constraints(framework.role(), group())));
  }

  private static void outstanding(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode nowhere =
        constraints(
            session.framework().role(),
            group(constraint(HOSTNAME, "text_equals", "value", "nowhere")));
    Expect.status(
        200,
        session.send(CallRows.update(session, session.again().constraints(nowhere))),
        "UPDATE_FRAMEWORK");
    session.events().expectNone("RESCIND", _ -> true, Duration.ofSeconds(1));
    session.decline(0, offer);
    session
        .events()
        .expectNone(
            "OFFERS", one -> CallRows.ofAgent(one, offer.get("agent_id")).isPresent(), A_WHILE);
  }

  private static void otherRole(Target target) {
    Framework framework = target.framework();
    String free = target.unique();
    JsonNode nowhere =
        constraints(
            framework.role(), group(constraint(HOSTNAME, "text_equals", "value", "nowhere")));
    SchedulerSession session =
        target.subscribe(framework.roles(framework.role(), free).constraints(nowhere));
    ArrayNode roles = Json.array();
    session.offers().forEach(offer -> roles.add(offer.at("/allocation_info/role")));
    Expect.that(
        Json.each(roles).allMatch(role -> role.asText().equals(free)),
        "offers to role " + free + " only",
        roles);
  }
}
