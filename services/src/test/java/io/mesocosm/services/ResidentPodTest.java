package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.PodReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** Pods whose containers share a volume that outlives them. */
class ResidentPodTest {
  private static final AppId POD = new AppId("/data/store");

  private static PodDefinition pod() {
    String text =
        """
        {"id": "/data/store", "role": "data",
         "containers": [
           {"name": "db", "exec": {"command": {"shell": "sleep 9"}},
            "resources": {"cpus": 0.5, "mem": 64},
            "volumeMounts": [{"name": "vol", "mountPath": "var/db"}]},
           {"name": "backup", "exec": {"command": {"shell": "sleep 9"}},
            "resources": {"cpus": 0.5, "mem": 64},
            "endpoints": [{"name": "http", "hostPort": 0}],
            "volumeMounts": [{"name": "vol", "mountPath": "from", "readOnly": true}]}],
         "volumes": [{"name": "vol", "persistent": {"size": 100}}]}
        """;
    return new PodReader("*", Optional.empty())
        .read(Json.parse(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static World running(AgentLedger agent) {
    World world = World.ready();
    world.ask(Asks.create(world.nextRequest(), pod(), false));
    world.offer(agent, "data");
    for (Instance instance : world.instances(POD)) {
      instance
          .tasks()
          .forEach(task -> world.update(task.taskId(), agent.agentId(), TaskState.TASK_RUNNING));
    }
    assertThat(world.deployments()).isEmpty();
    return world;
  }

  private static Instance only(World world) {
    assertThat(world.instances(POD)).hasSize(1);
    return world.instances(POD).getFirst();
  }

  @Test
  void theExecutorHasTheVolumeAndEveryContainerSeesIt() {
    AgentLedger agent = ResidentTest.agent("a");
    World world = running(agent);
    List<Operation> operations =
        world.calls(Call.Type.ACCEPT).getFirst().getAccept().getOperationsList();
    assertThat(operations.stream().map(Operation::getType))
        .containsExactly(
            Operation.Type.RESERVE, Operation.Type.CREATE, Operation.Type.LAUNCH_GROUP);
    var launch = operations.getLast().getLaunchGroup();
    assertThat(launch.getExecutor().getResourcesList())
        .anyMatch(part -> part.getDisk().getVolume().getContainerPath().equals("vol"));
    assertThat(launch.getTaskGroup().getTasksList())
        .allMatch(task ->
            task.getContainer().getVolumes(0).getSource().getSandboxPath().getPath().equals("vol"));
    assertThat(agent.dropped).isEmpty();
    // two containers and their executor
    assertThat(agent.reserved().scalar("cpus")).isEqualTo(Scalar.of(1.1));
    assertThat(agent.reserved().ranges("ports").isEmpty()).isTrue();
  }

  @Test
  void allContainersComeBackTogetherWithTheirVolume() {
    AgentLedger agent = ResidentTest.agent("a");
    World world = running(agent);
    Instance before = only(world);
    world.end(agent, before, TaskState.TASK_FAILED);
    assertThat(only(world).condition()).isEqualTo(Condition.SCHEDULED);
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, "data");
    Instance again = only(world);
    assertThat(again.id()).isEqualTo(before.id());
    assertThat(again.tasks().stream().map(task -> task.taskId()))
        .containsExactly(again.id() + ".db.2", again.id() + ".backup.2");
    assertThat(agent.created).hasSize(1);
    assertThat(agent.dropped).isEmpty();

    world.delete(POD);
    world.end(agent, again, TaskState.TASK_KILLED);
    world.offer(agent, "data");
    assertThat(agent.reserved().isEmpty()).isTrue();
  }
}
