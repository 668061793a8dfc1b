package io.mesocosm.services.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.explain.Explanation.Suggestion;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import io.mesocosm.services.matching.Refusal.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource.ReservationInfo;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static AppDefinitionBuilder app() {
    return AppDefinition.builder(new AppId("/web")).cmd(Optional.of("run")).cpus(1).mem(4096);
  }

  private static Offer.Builder offered(int number) {
    Offer.Builder offer = Offer.newBuilder().setHostname("a" + number);
    offer.getIdBuilder().setValue("o" + number);
    offer.getFrameworkIdBuilder().setValue("f");
    offer.getAgentIdBuilder().setValue("a" + number);
    offer.getAllocationInfoBuilder().setRole("*");
    return offer;
  }

  private static UnusedOffer offer(int number, Refusal... refusals) {
    return unused(offered(number), refusals);
  }

  private static UnusedOffer unused(Offer.Builder offer, Refusal... refusals) {
    return new UnusedOffer(OfferedAgent.of(offer.build()), List.of(refusals), NOW);
  }

  private static Refusal refusal(Reason reason, String rule, String value, String limit) {
    return new Refusal(reason, rule, value, limit, rule + " " + value + " " + limit, true);
  }

  private static Refusal mem(String offered) {
    return refusal(Reason.INSUFFICIENT_MEMORY, "mem", "4096", offered);
  }

  private static Refusal unique(String host) {
    return refusal(
        Reason.UNFULFILLED_CONSTRAINT,
        "constraint hostname UNIQUE",
        host,
        "already has an instance");
  }

  private static List<String> texts(int waiting, UnusedOffer... offers) {
    return texts(app().build(), waiting, offers);
  }

  private static List<String> texts(AppDefinition app, int waiting, UnusedOffer... offers) {
    List<String> texts = new ArrayList<>();
    for (Suggestion one : new Suggestions(app, waiting, List.of(offers)).all()) {
      texts.add(one.text() + (one.agents().isPresent() ? " @" + one.agents().getAsInt() : ""));
    }
    return texts;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSUFFICIENT_CPUS   | cpus  | 4    | 1.5       | with cpus 1.5 instead of 4 it would fit @1
          INSUFFICIENT_MEMORY | mem   | 4096 | 2000      | with mem 2000 instead of 4096 it would fit @1
          INSUFFICIENT_DISK   | disk  | 10   | 5         | with disk 5 instead of 10 it would fit @1
          INSUFFICIENT_GPUS   | gpus  | 2    | 1         | with gpus 1 instead of 2 it would fit @1
          INSUFFICIENT_PORTS  | ports | 8080 | [100-200] | with any free host port (hostPort 0, or \
          requirePorts false) instead of 8080 it would fit @1
          UNFULFILLED_ROLE    | role  | dev  | prod      | with role prod instead of dev it would be \
          looked at there at all @1
          AGENT_MAINTENANCE   | maintenance | now | later | without the maintenance of the agents \
          themselves it would fit @1
          DECLINED_SCARCE_RESOURCES | gpus | 0 | 4       | with a use for the agents' gpus, or \
          --gpu_scheduling_behavior unrestricted it would fit @1
          """)
  void eachSingleObstacleHasItsChange(
      Reason reason, String rule, String value, String limit, String expected) {
    assertThat(texts(1, offer(1, refusal(reason, rule, value, limit)))).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSUFFICIENT_MEMORY                | mem   | 4096             | 0
          INSUFFICIENT_PORTS                 | ports | 8080             | none
          INSUFFICIENT_PORTS                 | ports | 3 of any number  | [1-2]
          NO_CORRESPONDING_RESERVATION_FOUND | disk  | a volume         | none
          INSUFFICIENT_DISK                  | disk  | a disk of type x | none
          """)
  void whatNoChangeOfTheDefinitionMendsIsNotSuggested(
      Reason reason, String rule, String value, String limit) {
    assertThat(texts(1, offer(1, refusal(reason, rule, value, limit)))).isEmpty();
  }

  @Test
  void amountsAreGivenThatAreEnoughForAllThatWaitAndThatChangeLeast() {
    assertThat(texts(3, offer(1, mem("1000")), offer(2, mem("2000")), offer(3, mem("3000"))))
        .containsExactly(
            "with mem 1000 instead of 4096 it would fit @3",
            "with mem 3000 instead of 4096 it would fit @1");
  }

  @Test
  void aConstraintThatNoOfferedValueMeetsIsShownWithThoseThatThereAre() {
    Refusal like =
        new Refusal(
            Reason.UNFULFILLED_CONSTRAINT,
            "constraint rack LIKE r9",
            "r1",
            "does not match",
            "",
            false);
    assertThat(texts(1, offer(1, like)))
        .containsExactly("without constraint rack LIKE r9 (offered: r1) it would fit @1");
  }

  @Test
  void oneInstanceAnAgentAsksForMoreAgentsOrNoSuchConstraint() {
    assertThat(texts(2, offer(1, unique("a1")), offer(2, unique("a2"))))
        .containsExactly(
            "without constraint hostname UNIQUE it would fit @2",
            "with 2 more agents like a1 all that wait would fit");
  }

  @Test
  void aRuleOfAtMostSoManyMayHaveAHigherNumber() {
    assertThat(texts(2, offer(1, maxPer("r1", 2)), offer(2, maxPer("r2", 3))))
        .containsExactly(
            "with constraint rack MAX_PER 4 instead of 2 it would fit @2",
            "with constraint rack MAX_PER 3 instead of 2 it would fit @1",
            "with 2 more agents like a1, each with another rack, all that wait would fit");
  }

  private static Refusal maxPer(String rack, int here) {
    return refusal(
        Reason.UNFULFILLED_CONSTRAINT, "constraint rack MAX_PER 2", rack, "already has " + here);
  }

  @Test
  void severalThingsAtOnceAreSuggestedOnlyWhereOneIsNotEnough() {
    UnusedOffer both = offer(1, unique("a1"), mem("100"));
    assertThat(texts(1, both))
        .containsExactly(
            "without constraint hostname UNIQUE and with mem 100 instead of 4096 it would fit @1");
    assertThat(texts(1, both, offer(2, mem("3000"))))
        .containsExactly("with mem 3000 instead of 4096 it would fit @1");
  }

  @Test
  void aCombinedChangeCountsTheAgentsThatNeedOnlyPartOfIt() {
    assertThat(texts(5, offer(1, unique("a1"), mem("100")), offer(2, mem("3000"))))
        .startsWith(
            "without constraint hostname UNIQUE and with mem 100 instead of 4096 it would fit @2");
  }

  @Test
  void resourcesOfRolesThatAreNotAcceptedAreNamed() {
    Offer.Builder reserved = offered(1);
    var mem = reserved.addResourcesBuilder().setName("mem").setType(Value.Type.SCALAR);
    mem.getScalarBuilder().setValue(8000);
    mem.addReservationsBuilder().setType(ReservationInfo.Type.STATIC).setRole("db");
    mem.getAllocationInfoBuilder().setRole("*");
    AppDefinition app = app().acceptedResourceRoles(List.of("*")).build();
    assertThat(texts(app, 1, unused(reserved, mem("0"))))
        .containsExactly("with acceptedResourceRoles that have db too it would fit @1");
  }

  @Test
  void agentsBeyondTwoHundredStandTogetherByWhatIsAgainstThem() {
    List<UnusedOffer> offers =
        IntStream.range(0, 1000)
            .mapToObj(i ->
                i % 10 == 0 ? offer(i, unique("a" + i)) : offer(i, mem(Integer.toString(1000 + i))))
            .toList();
    List<Explanation.Refusing> agents = RefusingAgents.of(offers);
    assertThat(agents).extracting(Explanation.Refusing::agents).containsExactly(900, 100);
    assertThat(agents.getFirst().hostname()).isEqualTo("a1 and 899 more");
    assertThat(agents.getFirst().refusals())
        .extracting(Refusal::text)
        .containsExactly("needs mem 4096, offers have 1001 to 1999");
    assertThat(agents.getLast().refusals().getFirst().value())
        .isEqualTo("a0, a10, a20, a30, a40 and 95 more");
  }

  @Test
  void twoHundredAgentsAreShownEachByItself() {
    List<UnusedOffer> offers = IntStream.range(0, 200).mapToObj(i -> offer(i, mem("1"))).toList();
    assertThat(RefusingAgents.of(offers)).hasSize(200);
  }
}
