package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.PodReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** Pods live and end as a whole. */
class PodStoryTest {
  private static final AppId ID = new AppId("/shop/pod");

  private final World world = World.ready();

  private static PodDefinition pod(int instances, String more) {
    String json =
        """
        {'id': '/shop/pod', 'containers': [
           {'name': 'web', 'exec': {'command': {'shell': 'serve'}},
            'resources': {'cpus': 0.5, 'mem': 64},
            'endpoints': [{'name': 'http', 'hostPort': 0}]},
           {'name': 'side', 'exec': {'command': {'shell': 'watch'}},
            'resources': {'cpus': 0.25, 'mem': 32}}],
         'scaling': {'kind': 'fixed', 'instances': %d}%s}
        """
            .formatted(instances, more)
            .replace('\'', '"');
    return new PodReader("*", Optional.empty())
        .read(Json.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  private void deploy(int instances) {
    assertThat(ask(new Wish.Add(pod(instances, "")))).isInstanceOf(ApiAnswer.Deployed.class);
    world.offer("h1", 8, 4000);
    world.allRunning(ID);
  }

  private ApiAnswer ask(Wish wish) {
    return world.ask(Asks.all(world.nextRequest(), List.of(wish), true));
  }

  private Instance only() {
    assertThat(world.instances(ID)).hasSize(1);
    return world.instances(ID).getFirst();
  }

  private void report(Instance instance, String container, TaskState state) {
    world.update(taskId(instance, container), instance.placement().agentId(), state);
  }

  private static String taskId(Instance instance, String container) {
    return instance.id() + "." + container + ".1";
  }

  private Optional<Instant> delay() {
    return world.view(ID).waiting().flatMap(Waiting::delayUntil);
  }

  @Test
  void anInstanceIsLaunchedAsOneGroup() {
    ask(new Wish.Add(pod(2, "")));
    world.offer("h1", 8, 4000);

    Call accept = world.calls(Call.Type.ACCEPT).getFirst();
    assertThat(accept.getAccept().getOperationsList())
        .hasSize(2)
        .allSatisfy(operation -> {
          assertThat(operation.getType()).isEqualTo(Operation.Type.LAUNCH_GROUP);
          assertThat(operation.getLaunchGroup().getTaskGroup().getTasksCount()).isEqualTo(2);
          assertThat(operation.getLaunchGroup().getExecutor().getFrameworkId().getValue())
              .isEqualTo("framework-1");
        });
    Instance first = world.instances(ID).getFirst();
    assertThat(first.tasks())
        .extracting(InstanceTask::taskId)
        .containsExactly(taskId(first, "web"), taskId(first, "side"));
    assertThat(first.placement().hostPorts()).hasSize(1).allMatch(port -> port >= 31000);
  }

  @Test
  void aDeploymentWaitsForAllContainers() {
    ask(new Wish.Add(pod(1, "")));
    world.offer("h1", 8, 4000);

    report(only(), "web", TaskState.TASK_RUNNING);
    assertThat(only().isRunning()).isFalse();
    assertThat(world.deployments()).hasSize(1);

    report(only(), "side", TaskState.TASK_RUNNING);
    assertThat(only().isRunning()).isTrue();
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void offersThatAreTooSmallForAllContainersAndTheExecutorAreDeclined() {
    ask(new Wish.Add(pod(1, "")));

    world.offer("h1", 0.8, 4000); // the executor needs another 0.1

    assertThat(world.calls(Call.Type.ACCEPT)).isEmpty();
    assertThat(world.view(ID).waiting().orElseThrow().lastOffers().getFirst().refusals())
        .extracting("text")
        .containsExactly("needs cpus 0.85, offer has 0.8");
  }

  @Test
  void aContainerThatFailsTakesTheOthersWithIt() {
    deploy(1);
    Instance broken = only();

    report(broken, "web", TaskState.TASK_FAILED);

    assertThat(world.killed()).containsExactly(taskId(broken, "side"));
    assertThat(world.instances(ID)).allMatch(instance -> !instance.wanted());
    assertThat(world.view(ID).waiting().orElseThrow().count()).isEqualTo(1);

    report(broken, "side", TaskState.TASK_KILLED);

    assertThat(world.instances(ID)).isEmpty();
    assertThat(world.core.snapshot().pods().departed(ID))
        .extracting(departure -> departure.instance().id())
        .containsExactly(broken.id());
    assertThat(world.view(ID).lastTaskFailure().orElseThrow().taskId())
        .isEqualTo(taskId(broken, "web"));
  }

  @Test
  void allContainersTogetherAreOneFailure() {
    deploy(1);
    Instance broken = only();

    report(broken, "web", TaskState.TASK_FAILED);
    Optional<Instant> delay = delay();
    report(broken, "side", TaskState.TASK_FAILED);

    assertThat(delay).contains(world.now.plusSeconds(1));
    assertThat(delay()).isEqualTo(delay);
  }

  @Test
  void theFailureCountsThoughWeHearFirstOfAContainerKilledWithIt() {
    deploy(1);
    Instance broken = only();

    report(broken, "side", TaskState.TASK_KILLED);
    Optional<Instant> delay = delay();
    report(broken, "web", TaskState.TASK_FAILED);

    assertThat(delay).contains(world.now.plusSeconds(1));
    assertThat(delay()).isEqualTo(delay);
    assertThat(world.view(ID).lastTaskFailure().orElseThrow().taskId())
        .isEqualTo(taskId(broken, "web"));
  }

  @Test
  void whatTheAgentDoesNotEndIsKilledAgain() {
    deploy(1);
    report(only(), "web", TaskState.TASK_FAILED);

    world.effects.clear();
    world.pass(Duration.ofSeconds(31));

    assertThat(world.killed()).hasSize(1).allMatch(task -> task.endsWith(".side.1"));
  }

  @Test
  void aContainerThatFinishesLeavesTheOthersAlone() {
    deploy(1);
    Instance instance = only();

    report(instance, "side", TaskState.TASK_FINISHED);
    assertThat(only().wanted()).isTrue();
    assertThat(only().isRunning()).isTrue();
    assertThat(world.killed()).isEmpty();

    report(instance, "web", TaskState.TASK_FINISHED);
    assertThat(world.instances(ID)).isEmpty();
  }

  @Test
  void aKillReachesAllContainers() {
    deploy(1);
    Instance instance = only();

    world.ask(
        new ServicesCommand.KillInstances(
            world.nextRequest(),
            List.of(instance.id().toString()),
            Optional.of(ID),
            Optional.empty(),
            false,
            false,
            WriteOptions.forced(false)));

    assertThat(world.killed())
        .containsExactlyInAnyOrder(taskId(instance, "web"), taskId(instance, "side"));
  }

  @Test
  void whatDoesNotComeUpInTimeIsEndedAsAWhole() {
    ask(new Wish.Add(pod(1, "")));
    world.offer("h1", 8, 4000);
    report(only(), "web", TaskState.TASK_RUNNING);

    world.pass(Duration.ofMinutes(6));

    assertThat(world.killed()).hasSize(2);
    assertThat(only().wanted()).isFalse();
  }

  @Test
  void allContainersAreAskedAfter() {
    deploy(1);
    world.effects.clear();

    world.pass(Duration.ofMinutes(11));

    List<String> asked =
        world.calls(Call.Type.RECONCILE).getFirst().getReconcile().getTasksList().stream()
            .map(task -> task.getTaskId())
            .map(TaskID::getValue)
            .toList();
    assertThat(asked).containsExactlyInAnyOrder(taskId(only(), "web"), taskId(only(), "side"));
  }

  @Test
  void oneContainerOutOfTouchIsAnInstanceOutOfTouch() {
    ask(new Wish.Add(pod(1, ", 'scheduling': {'unreachableStrategy': 'disabled'}")));
    world.offer("h1", 8, 4000);
    world.allRunning(ID);

    report(only(), "web", TaskState.TASK_UNREACHABLE);
    assertThat(only().condition()).isEqualTo(Condition.UNREACHABLE);
    report(only(), "side", TaskState.TASK_UNREACHABLE);
    report(only(), "web", TaskState.TASK_RUNNING);
    assertThat(only().condition()).isEqualTo(Condition.UNREACHABLE);
    report(only(), "side", TaskState.TASK_RUNNING);

    assertThat(only().isRunning()).isTrue();
    assertThat(world.killed()).isEmpty();
  }

  @Test
  void podsOutliveTheSchedulersProcess() {
    deploy(2);
    List<Instance> before = world.instances(ID);

    world.restart();
    world.subscribed("framework-1");

    assertThat(world.instances(ID)).isEqualTo(before);
    assertThat(world.killed()).isEmpty();
    Instance first = before.getFirst();
    report(first, "side", TaskState.TASK_FAILED);
    assertThat(world.killed()).containsExactly(taskId(first, "web"));
  }

  @Test
  void scalingStartsAndEndsInstancesAndLeavesTheRestAlone() {
    deploy(1);
    Instance kept = only();

    ask(new Wish.Put(pod(3, ""), Optional.of(world.view(ID).spec().version())));
    world.pass(Duration.ofSeconds(6));
    world.offer("h2", 8, 4000);
    world.allRunning(ID);
    assertThat(world.instances(ID)).hasSize(3).contains(kept);
    assertThat(world.deployments()).isEmpty();

    ask(new Wish.Put(pod(1, ""), Optional.of(world.view(ID).spec().version())));
    assertThat(world.killed()).hasSize(4);
  }

  @Test
  void anotherConfigurationReplacesAllInstances() {
    deploy(1);
    Instance old = only();

    ask(
        new Wish.Put(
            pod(1, ", 'labels': {'new': '1'}"), Optional.of(world.view(ID).spec().version())));
    world.pass(Duration.ofSeconds(6));
    world.offer("h2", 8, 4000);
    world.allRunning(ID);
    for (String container : List.of("web", "side")) {
      report(old, container, TaskState.TASK_KILLED);
    }

    assertThat(only().id()).isNotEqualTo(old.id());
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void aRemovedPodIsSeenUntilItsLastInstanceHasEnded() {
    deploy(1);
    Instance last = only();

    ask(new Wish.Remove(ID));
    assertThat(world.core.snapshot().pod(ID)).isEmpty();
    assertThat(world.core.snapshot().pods().leaving(ID)).hasSize(1);

    report(last, "web", TaskState.TASK_KILLED);
    report(last, "side", TaskState.TASK_KILLED);
    assertThat(world.core.snapshot().pods().leavingPods()).isEmpty();
    assertThat(world.core.snapshot().pods().departed(ID)).isEmpty();
    assertThat(world.deployments()).isEmpty();
  }

  @Test
  void onlyTheLastThatEndedAreRemembered() {
    Departures departures = new Departures();
    deploy(1);
    Instance instance = only();

    for (int i = 0; i < Departures.OF_ONE_POD_MAX + 7; i++) {
      departures.add(instance, Instant.ofEpochSecond(i));
    }

    assertThat(departures.byPod().get(ID))
        .hasSize(Departures.OF_ONE_POD_MAX)
        .first()
        .extracting(PodRemains.Departure::at)
        .isEqualTo(Instant.ofEpochSecond(7));
  }
}
