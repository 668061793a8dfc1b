package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

/** How offers are asked for and given back. */
class OffersTest {
  private static AppDefinition app(String id) {
    return AppDefinition.builder(new AppId(id))
        .cmd(Optional.of("sleep 1000"))
        .instances(1)
        .cpus(1)
        .mem(128)
        .build();
  }

  @Test
  void nextAppNeedNotWaitOnceOffersWereOfUse() {
    World world = World.ready();
    world.create(app("/one"));
    world.offer("a", 1, 1000);
    world.allRunning(new AppId("/one"));
    world.effects.clear();

    world.create(app("/two"));
    assertThat(world.calls(Call.Type.REVIVE)).as("at most every 100 ms").isEmpty();
    world.pass(Duration.ofMillis(100));

    assertThat(world.calls(Call.Type.REVIVE)).hasSize(1);
  }

  @Test
  void asksAreSparedAfterOffersThatWereOfNoUse() {
    World world = World.ready();
    world.create(app("/one"));
    world.offer("a", 0.5, 1000);
    world.effects.clear();

    world.create(app("/two"));
    world.pass(Duration.ofMillis(4900));
    assertThat(world.calls(Call.Type.REVIVE)).isEmpty();
    world.pass(Duration.ofMillis(100));

    assertThat(world.calls(Call.Type.REVIVE)).hasSize(1);
  }

  @Test
  void useOfAnOfferShortensTheWaitThatHasBegun() {
    World world = World.ready();
    world.create(app("/one"));
    world.create(app("/two"));
    world.effects.clear();
    world.offer("a", 1, 1000);

    world.create(app("/three"));
    world.pass(Duration.ofMillis(100));

    assertThat(world.calls(Call.Type.REVIVE)).hasSize(1);
  }

  @Test
  void offersThatFitNothingGoBackInOneCall() {
    World world = World.ready();
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    for (String id : List.of("x", "y", "z")) {
      Offer.Builder offer = event.getOffersBuilder().addOffersBuilder();
      offer.setId(OfferID.newBuilder().setValue(id)).setHostname(id);
      offer.getFrameworkIdBuilder().setValue("framework-1");
      offer.getAgentIdBuilder().setValue("agent-" + id);
    }

    world.handle(new ServicesCommand.SchedulerEvent(event.build()));

    List<Call> declines = world.calls(Call.Type.DECLINE);
    assertThat(declines).hasSize(1);
    assertThat(declines.getFirst().getDecline().getOfferIdsList())
        .extracting(OfferID::getValue)
        .containsExactly("x", "y", "z");
    assertThat(declines.getFirst().getDecline().getFilters().getRefuseSeconds()).isPositive();
  }
}
