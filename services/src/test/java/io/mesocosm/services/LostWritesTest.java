package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.World.Happened;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes that are reported lost, and may have happened in whole, in part, or not at all: in the end
 * the store holds what the core says, so that the next scheduler says the same.
 */
class LostWritesTest {
  private static final AppId WEB = new AppId("/web");
  private static final AppId OTHER = new AppId("/other");
  private static final long REQUEST = 1000;
  private static final ApiAnswer NOT_STORED = new ApiAnswer.NotStored("connection lost");

  private static AppDefinition app(AppId id, int instances) {
    return AppDefinition.builder(id)
        .cmd(Optional.of("sleep 1000"))
        .instances(instances)
        .cpus(1)
        .mem(128)
        .build();
  }

  /** One instance of the app runs, and its deployment is done. */
  private static World running() {
    World world = World.ready();
    world.create(app(WEB, 1));
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    assertThat(world.deployments()).isEmpty();
    return world;
  }

  private static ServicesCommand.Change create(AppId app) {
    return Asks.create(REQUEST, app(app, 1), false);
  }

  private static ServicesCommand.Change change(World world, int instances) {
    Optional<AppDefinition> present =
        Optional.ofNullable(world.core.snapshot().specs().get(WEB))
            .map(ServicesSnapshot.SpecView::app);
    AppDefinition target =
        present.orElseGet(() -> app(WEB, 1)).toBuilder()
            .instances(instances)
            .cmd(Optional.of("sleep 2000"))
            .build();
    return Asks.all(
        REQUEST + 1, List.of(Asks.put(target, present.map(AppDefinition::version))), true);
  }

  private static void lose(World world, ServicesCommand command, Happened happened) {
    world.holdStore = true;
    world.handle(command);
    world.loseStore(happened);
  }

  private static void storeAgain(World world) {
    world.holdStore = false;
    world.releaseStore();
  }

  /** Loses the repair too, which the core sends at once. */
  private static void loseRepair(World world) {
    assertThat(world.held).hasSize(1);
    world.loseStore(Happened.NOTHING);
    storeAgain(world);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void lostCreationLeavesNothing(Happened happened) {
    World world = World.ready();
    Map<String, StoredRecord> before = Map.copyOf(world.store);

    lose(world, create(WEB), happened);
    storeAgain(world);

    assertThat(world.answer(REQUEST)).contains(NOT_STORED);
    assertThat(world.store).isEqualTo(before);
    world.restart();
    assertThat(world.core.snapshot().specs()).isEmpty();
    assertThat(world.deployments()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void lostDeletionLeavesTheAppAsItWas(Happened happened) {
    World world = running();
    world.handle(change(world, 0));
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_KILLED);
    Map<String, StoredRecord> before = Map.copyOf(world.store);
    assertThat(before.keySet()).filteredOn(path -> path.startsWith("/versions/")).hasSize(2);

    lose(world, Asks.delete(REQUEST, WEB, false), happened);
    storeAgain(world);

    assertThat(world.answer(REQUEST)).contains(NOT_STORED);
    assertThat(world.store).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void lostChangeByForceLeavesAppAndDeploymentAsTheyWere(Happened happened) {
    World world = running();
    AppDefinition larger = world.view(WEB).app().toBuilder().instances(3).build();
    world.change(larger, false);
    Map<String, StoredRecord> before = Map.copyOf(world.store);

    lose(world, change(world, 1), happened);
    storeAgain(world);

    assertThat(world.answer(REQUEST + 1)).contains(NOT_STORED);
    assertThat(world.store).isEqualTo(before);
    assertThat(world.deployments()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void lostCancellationLeavesTheDeployment(Happened happened) {
    World world = World.ready();
    world.create(app(WEB, 1));
    Map<String, StoredRecord> before = Map.copyOf(world.store);

    DeploymentId deployment = world.deployments().getFirst().id();
    lose(world, new ServicesCommand.CancelDeployment(REQUEST, deployment, true), happened);
    storeAgain(world);

    assertThat(world.answer(REQUEST)).contains(NOT_STORED);
    assertThat(world.store).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void creationWhoseRepairIsLostTooIsRepairedWithTheNextWrite(Happened happened) {
    World world = World.ready();
    lose(world, create(WEB), happened);
    loseRepair(world);

    world.create(app(OTHER, 0));

    world.restart();
    assertThat(world.core.snapshot().specs()).containsOnlyKeys(OTHER);
    assertThat(world.store.keySet()).noneMatch(path -> path.contains("web"));
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void deletionWhoseRepairIsLostTooIsRepairedWithTheNextWrite(Happened happened) {
    World world = running();
    Instance instance = world.instances(WEB).getFirst();
    lose(world, Asks.delete(REQUEST, WEB, false), happened);
    loseRepair(world);

    world.create(app(OTHER, 0));

    world.restart();
    assertThat(world.core.snapshot().specs()).containsOnlyKeys(OTHER, WEB);
    assertThat(world.instances(WEB)).containsExactly(instance);
  }

  @Test
  void repairThatIsLostWhileNothingElseIsWrittenIsMadeAgainInTime() {
    World world = World.ready();
    Map<String, StoredRecord> before = Map.copyOf(world.store);
    lose(world, create(WEB), Happened.EVERYTHING);
    loseRepair(world);
    assertThat(world.store).isNotEqualTo(before);

    world.pass(ServicesConfig.defaults().reconciliationInterval().plus(Duration.ofSeconds(1)));

    assertThat(world.store).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void appThatIsCreatedAgainAfterALossStays(Happened happened) {
    World world = World.ready();
    lose(world, create(WEB), happened);
    loseRepair(world);

    world.create(app(WEB, 2));

    assertThat(world.store).containsKey("/apps/web");
    world.restart();
    assertThat(world.view(WEB).app().instances()).isEqualTo(2);
    assertThat(world.deployments()).hasSize(1);
    assertThat(world.store.keySet()).filteredOn(path -> path.startsWith("/versions/")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void repairLeavesTheAppToALaterDeploymentThatIsBeingStored(Happened happened) {
    World world = World.ready();
    world.holdStore = true;
    world.handle(create(WEB));
    world.handle(change(world, 3));

    world.loseStore(happened);
    storeAgain(world);

    assertThat(world.answer(REQUEST)).contains(NOT_STORED);
    assertThat(world.answer(REQUEST + 1)).get().isInstanceOf(ApiAnswer.Deployed.class);
    world.restart();
    assertThat(world.view(WEB).app().instances()).isEqualTo(3);
    assertThat(world.deployments()).hasSize(1);
    assertThat(world.store.keySet()).filteredOn(path -> path.startsWith("/versions/")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void laterDeploymentThatIsLostAsWellLeavesNothing(Happened happened) {
    World world = World.ready();
    Map<String, StoredRecord> before = Map.copyOf(world.store);
    world.holdStore = true;
    world.handle(create(WEB));
    world.handle(change(world, 3));

    world.loseStore(happened);
    world.loseStore(happened);
    storeAgain(world);

    assertThat(world.store).isEqualTo(before);
  }

  @Test
  void noWritePutsWhatItRemoves() {
    World world = running();
    lose(world, Asks.delete(REQUEST, WEB, false), Happened.EVERYTHING);
    loseRepair(world);
    world.handle(change(world, 1));

    world.effects.stream()
        .filter(ServicesEffect.Store.class::isInstance)
        .map(ServicesEffect.Store.class::cast)
        .forEach(write -> {
          TreeSet<String> both = new TreeSet<>(write.removedPaths());
          both.retainAll(write.records().stream().map(StoredRecord::path).toList());
          assertThat(both).isEmpty();
        });
  }

  @Test
  void lostStateOfAnInstanceIsWrittenWithTheNextWrite() {
    World world = running();
    Instance instance = world.instances(WEB).getFirst();
    world.holdStore = true;
    world.update(instance, TaskState.TASK_KILLING);
    world.loseStore(Happened.NOTHING);
    storeAgain(world);

    world.create(app(OTHER, 0));

    assertThat(world.store)
        .containsEntry(
            "/instances/" + instance.id(),
            new StoredRecord.InstanceRecord(world.instances(WEB).getFirst()));
  }

  @ParameterizedTest
  @EnumSource(Happened.class)
  void creationThatACrashCutShortIsCompletedBeforeItsDeploymentIsDone(Happened happened) {
    World world = World.ready();
    world.holdStore = true;
    world.handle(create(WEB));
    world.happens(happened);
    world.held.clear();
    world.holdStore = false;
    world.restart();
    world.subscribed("framework-1");
    // the first record is a definition that nothing names yet
    boolean begun = happened != Happened.NOTHING && happened != Happened.FIRST_RECORD;
    assertThat(world.deployments()).hasSize(begun ? 1 : 0);

    world.offer("a", 4, 1000);
    if (begun) {
      world.allRunning(WEB);
    }
    assertThat(world.deployments()).isEmpty();
    world.restart();

    assertThat(world.core.snapshot().specs()).hasSize(begun ? 1 : 0);
    assertThat(world.storedIn("/versions")).hasSize(begun ? 1 : 0);
  }

  @Test
  void deletionThatACrashCutShortIsCompletedBeforeItsDeploymentIsDone() {
    World world = running();
    world.holdStore = true;
    world.handle(Asks.delete(REQUEST, WEB, false));
    world.happens(Happened.FIRST_RECORD);
    world.held.clear();
    world.holdStore = false;
    String last = world.tasks.keySet().iterator().next();
    world.restart();
    world.subscribed("framework-1");

    world.update(last, "agent-a", TaskState.TASK_KILLED);

    assertThat(world.deployments()).isEmpty();
    assertThat(world.storedIn("/apps", "/instances", "/deployments")).isEmpty();
  }

  @Test
  void deploymentThatAdvancesWhileItsCancellationIsStoredDoesNotComeBack() {
    World world = World.ready();
    AppDefinition dependent = app(WEB, 1).toBuilder().dependencies(List.of(OTHER)).build();
    world.create(app(OTHER, 0));
    world.ask(
        Asks.all(
            world.nextRequest(),
            List.of(
                Asks.put(
                    world.view(OTHER).app().toBuilder().instances(1).build(),
                    Optional.of(world.view(OTHER).app().version())),
                Asks.put(dependent, Optional.empty())),
            false));
    world.offer("a", 4, 1000);
    DeploymentId deployment = world.deployments().getFirst().id();
    world.holdStore = true;
    world.handle(new ServicesCommand.CancelDeployment(REQUEST, deployment, true));
    world.allRunning(OTHER);

    storeAgain(world);

    assertThat(world.answer(REQUEST)).contains(new ApiAnswer.Done());
    world.restart();
    assertThat(world.deployments()).isEmpty();
  }
}
