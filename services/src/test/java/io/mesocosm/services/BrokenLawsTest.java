package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.World.Happened;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the laws were broken once, each story as short as can be. */
class BrokenLawsTest {
  private static final AppId WEB = new AppId("/web");
  private static final AppId BACK = new AppId("/back");
  private static final AppId GROUP = new AppId("/g");

  private final World world = World.ready();

  private static AppDefinition app(AppId id, int instances) {
    return AppDefinition.builder(id)
        .cmd(Optional.of("sleep 1000"))
        .instances(instances)
        .cpus(1)
        .mem(128)
        .build();
  }

  private ApiAnswer ask(Wish wish) {
    world.now = world.now.plus(Duration.ofSeconds(1));
    return world.ask(Asks.all(world.nextRequest(), List.of(wish), true));
  }

  private static Wish group(List<AppId> dependencies) {
    return new Wish.PutGroup(
        new GroupDefinition(GROUP, dependencies, false, AppDefinition.UNVERSIONED));
  }

  @Test
  void aGroupThatWasDeletedAndMadeAgainHasItsWholePastAfterAFailover() {
    ask(group(List.of(WEB)));
    ask(new Wish.RemoveGroup(GROUP));
    Instant deleted = world.now;
    ask(group(List.of(BACK)));
    ask(new Wish.RemoveGroup(GROUP));
    ask(group(List.of()));

    world.restart();

    assertThat(world.core.snapshot().past().groupAt(GROUP, deleted)).isEmpty();
    assertThat(world.core.snapshot().groups()).containsKey(GROUP);
    assertThat(world.core.state().records().keySet()).containsAll(world.storedIn("/groupversions"));
  }

  @Test
  void aDeploymentOfGroupsAloneEndsAfterAFailover() {
    world.holdStore = true;
    world.handle(Asks.all(world.nextRequest(), List.of(group(List.of(WEB))), false));
    world.happens(Happened.EVERYTHING);
    world.held.clear();
    world.holdStore = false;

    world.restart();

    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/deployments")).isEmpty();
  }

  @Test
  void deploymentsThatTakeEachOthersPlaceWhileTheyAreStoredLeaveOneOfThem() {
    world.create(app(WEB, 1));
    Instant version = world.view(WEB).spec().version();
    world.holdStore = true;
    long request = world.nextRequest();
    for (int i = 0; i < 3; i++) {
      Wish wish = Asks.put(app(WEB, 5 + i), Optional.of(version));
      world.handle(Asks.all(request + i, List.of(wish), true));
    }
    ServicesEffect.Store first = world.happens(Happened.EVERYTHING);
    world.handle(new ServicesCommand.Stored(first.write()));
    world.loseStore(Happened.NOTHING);
    world.holdStore = false;
    world.releaseStore();

    assertThat(world.deployments()).hasSize(1);
  }

  @Test
  void goingBackEndsNothingOfAnAppWhoseTurnHadNotCome() {
    world.create(app(WEB, 3));
    world.offer("a", 8, 4000);
    world.allRunning(WEB);
    AppDefinition web = world.view(WEB).app();
    AppDefinition none = web.toBuilder().instances(0).dependencies(List.of(BACK)).build();
    world.now = world.now.plus(Duration.ofSeconds(1));
    world.ask(
        Asks.all(
            world.nextRequest(),
            List.of(new Wish.Add(app(BACK, 2)), Asks.put(none, Optional.of(web.version()))),
            false));
    DeploymentId deployment = world.deployments().getFirst().id();
    world.now = world.now.plus(Duration.ofSeconds(1));

    world.ask(new ServicesCommand.CancelDeployment(world.nextRequest(), deployment, false));

    assertThat(world.killed()).isEmpty();
    assertThat(world.view(WEB).spec()).isEqualTo(web);
  }
}
