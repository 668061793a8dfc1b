package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** There may be two apps here. */
class AppsMaxTest {
  private final World world =
      new World(ServicesConfig.defaults().but().appsMax(OptionalInt.of(2)).build());

  AppsMaxTest() {
    world.load();
    world.subscribed("framework-1");
  }

  private static AppDefinition app(String id) {
    return AppDefinition.builder(new AppId(id)).cmd(Optional.of("x")).instances(0).build();
  }

  private ApiAnswer ask(Wish... wishes) {
    return world.ask(Asks.all(world.nextRequest(), List.of(wishes), true));
  }

  @Test
  void appsBeyondTheLimitAreRefused() {
    assertThat(ask(new Wish.Add(app("/one")))).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(ask(new Wish.Add(app("/two")), new Wish.Add(app("/three"))))
        .isEqualTo(new ApiAnswer.TooManyApps(2));
    assertThat(ask(new Wish.Add(app("/two")))).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(ask(Asks.put(app("/three"), Optional.empty())))
        .isEqualTo(new ApiAnswer.TooManyApps(2));
  }

  @Test
  void whatIsBeingStoredCountsToo() {
    world.holdStore = true;
    world.handle(Asks.create(101, app("/one"), false));
    world.handle(Asks.create(102, app("/two"), false));

    assertThat(ask(new Wish.Add(app("/three")))).isEqualTo(new ApiAnswer.TooManyApps(2));
  }

  @Test
  void appsThatAreThereMayChangeAndMakeRoom() {
    ask(new Wish.Add(app("/one")), new Wish.Add(app("/two")));

    assertThat(ask(new Wish.Restart(new AppId("/one")))).isInstanceOf(ApiAnswer.Deployed.class);
    assertThat(ask(new Wish.Remove(new AppId("/one")), new Wish.Add(app("/three"))))
        .isInstanceOf(ApiAnswer.Deployed.class);
  }
}
