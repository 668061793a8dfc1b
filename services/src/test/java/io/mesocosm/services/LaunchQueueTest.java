package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer;
import org.junit.jupiter.api.Test;

class LaunchQueueTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Map<String, OfferedAgent> offers = new HashMap<>();
  private final LaunchQueue queue = new LaunchQueue(Duration.ofSeconds(120));

  private static AppDefinition app(int number) {
    return AppDefinition.builder(new AppId("/a" + number)).cmd(Optional.of("run")).build();
  }

  private void want(AppDefinition app) {
    queue.want(app, 1, Optional.empty(), NOW);
  }

  private void refuse(AppDefinition app, String agent, Refusal.Reason reason, Instant at) {
    Refusal refusal = new Refusal(reason, "rule", "1", "0", "text", true);
    queue.unused(
        app.id(), offers.computeIfAbsent(agent, LaunchQueueTest::offer), List.of(refusal), at);
  }

  private static OfferedAgent offer(String agent) {
    Offer.Builder offer = Offer.newBuilder().setHostname(agent);
    offer.getIdBuilder().setValue("o");
    offer.getFrameworkIdBuilder().setValue("f");
    offer.getAgentIdBuilder().setValue(agent);
    offer.getAllocationInfoBuilder().setRole("*");
    return OfferedAgent.of(offer.build());
  }

  private Waiting waiting(AppDefinition app) {
    return queue.waiting(app.id()).orElseThrow();
  }

  @Test
  void onlyTheLastOfferOfAnAgentIsRemembered() {
    want(app(1));
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_MEMORY, NOW.plusSeconds(1));

    assertThat(waiting(app(1)).processedOffers()).isEqualTo(2);
    assertThat(waiting(app(1)).lastOffers())
        .extracting(offer -> offer.refusals().getFirst().reason())
        .containsExactly(Refusal.Reason.INSUFFICIENT_MEMORY);
  }

  @Test
  void whatIsKnownOfAnAgentIsNotLostToAnOfferOfAnotherRole() {
    want(app(1));
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    refuse(app(1), "h1", Refusal.Reason.UNFULFILLED_ROLE, NOW.plusSeconds(1));
    assertThat(waiting(app(1)).lastOffers())
        .extracting(offer -> offer.refusals().getFirst().reason())
        .containsExactly(Refusal.Reason.INSUFFICIENT_CPUS);

    refuse(app(1), "h1", Refusal.Reason.UNFULFILLED_ROLE, NOW.plusSeconds(241));
    assertThat(waiting(app(1)).lastOffers())
        .extracting(offer -> offer.refusals().getFirst().reason())
        .containsExactly(Refusal.Reason.UNFULFILLED_ROLE);
  }

  @Test
  void offersAreGoodForTwiceTheTimeThatDeclinedOnesStayAway() {
    want(app(1));
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    refuse(app(1), "h2", Refusal.Reason.INSUFFICIENT_CPUS, NOW.plusSeconds(100));

    assertThat(waiting(app(1)).lastOffers(NOW.plusSeconds(240))).hasSize(2);
    assertThat(waiting(app(1)).lastOffers(NOW.plusSeconds(241)))
        .extracting(Waiting.UnusedOffer::hostname)
        .containsExactly("h2");
    refuse(app(1), "h3", Refusal.Reason.INSUFFICIENT_CPUS, NOW.plusSeconds(241));
    assertThat(waiting(app(1)).lastOfferByAgent()).containsOnlyKeys("h2", "h3");
  }

  @Test
  void anotherConfigurationStartsWithoutWhatStoodAgainstTheFirst() {
    want(app(1));
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    AppDefinition more = app(1).toBuilder().instances(5).version(NOW).build();
    want(more);
    assertThat(waiting(more).lastOffers()).hasSize(1);

    want(more.toBuilder().cpus(7).version(NOW.plusSeconds(1)).build());

    assertThat(waiting(more).lastOffers()).isEmpty();
    assertThat(waiting(more).unusedOffers()).isEqualTo(1);
  }

  @Test
  void whatIsRememberedIsBounded() {
    want(app(1));
    for (int i = 0; i < 2_100; i++) {
      refuse(app(1), "h" + i, Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    }
    assertThat(waiting(app(1)).lastOffers()).hasSize(2_000);
    assertThat(waiting(app(1)).unusedOffers()).isEqualTo(2_100);
  }

  @Test
  void whereManyAppsWaitEachStillHasItsShare() {
    for (int number = 0; number <= 100; number++) {
      want(app(number));
      for (int i = 0; i < 2_000; i++) {
        refuse(app(number), "h" + i, Refusal.Reason.INSUFFICIENT_CPUS, NOW);
      }
    }
    assertThat(waiting(app(99)).lastOffers()).hasSize(2_000);
    assertThat(waiting(app(100)).lastOffers()).hasSize(200);

    queue.drop(app(0).id());
    refuse(app(100), "h500", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    assertThat(waiting(app(100)).lastOffers()).hasSize(201);
  }

  @Test
  void anAgentThatIsGoneIsForgottenByAllThatSawIt() {
    want(app(1));
    want(app(2));
    want(app(3));
    refuse(app(1), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    refuse(app(2), "h1", Refusal.Reason.INSUFFICIENT_CPUS, NOW);
    refuse(app(3), "h2", Refusal.Reason.INSUFFICIENT_CPUS, NOW);

    assertThat(queue.forgetAgent("h1")).containsExactly(app(1).id(), app(2).id());
    assertThat(waiting(app(1)).lastOffers()).isEmpty();
    assertThat(waiting(app(3)).lastOffers()).hasSize(1);
  }
}
