package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Disk.Source;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** Volumes on disks of every kind, made in the name of the framework. */
class ResidentDiskTest {
  private static final AppId DB = new AppId("/db");

  private static Volume volume(String path, Volume.DiskType type) {
    return new Volume.Persistent(
        path, Volume.Mode.RW, type, 100, OptionalLong.empty(), Optional.empty(), List.of());
  }

  private static AppDefinition db() {
    return ResidentTest.db(DB, 1).toBuilder()
        .container(
            Optional.of(
                new Container(
                    Container.Type.MESOS,
                    Optional.empty(),
                    List.of(
                        volume("root", Volume.DiskType.ROOT),
                        volume("path", Volume.DiskType.PATH),
                        volume("mount", Volume.DiskType.MOUNT)),
                    List.of())))
        .build();
  }

  private static AgentLedger agent() {
    AgentLedger agent = ResidentTest.agent("a");
    for (Source source : List.of(Source.path("/mnt/p"), Source.mount("/mnt/m"))) {
      agent.total =
          agent.total.plus(
              Resources.of(
                  Resource.unreserved("disk", Scalar.of(500))
                      .withDisk(Optional.of(Disk.of(source)), false)));
    }
    return agent;
  }

  @Test
  void anInstanceKeepsAllItsVolumesUntilItsAppIsDeleted() {
    AgentLedger agent = agent();
    Resources before = agent.total;
    World world = new World(ServicesConfig.defaults().but().principal(Optional.of("me")).build());
    world.load();
    world.subscribed("framework-1");
    world.create(db());
    world.offer(agent, "data");
    world.allRunning(DB);
    assertThat(agent.dropped).isEmpty();
    assertThat(agent.reserved().persistentVolumes().scalar("disk")).isEqualTo(Scalar.of(700));
    assertThat(agent.reserved().entries())
        .allMatch(part -> part.reservations().getLast().principal().equals(Optional.of("me")));
    List<String> volumes = agent.volumes();
    assertThat(volumes).hasSize(3);

    world.end(agent, world.instances(DB).getFirst(), TaskState.TASK_FAILED);
    world.pass(Duration.ofSeconds(10));
    world.offer(agent, "data");
    Instance again = world.instances(DB).getFirst();
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(
            Objects.requireNonNull(agent.usedByTask.get(again.taskId()))
                .persistentVolumes()
                .entries())
        .hasSize(3);
    assertThat(agent.volumes()).isEqualTo(volumes);

    world.delete(DB);
    world.end(agent, again, TaskState.TASK_KILLED);
    world.offer(agent, "data");
    assertThat(agent.dropped).isEmpty();
    assertThat(agent.total).isEqualTo(before);
    assertThat(world.calls(Call.Type.ACCEPT)).hasSize(3);
  }

  @Test
  void nothingIsTakenWhereOneVolumeFindsNoDisk() {
    AgentLedger agent = ResidentTest.agent("a");
    World world = World.ready();
    world.create(db());
    world.offer(agent, "data");
    assertThat(agent.reserved().isEmpty()).isTrue();
    assertThat(
            Objects.requireNonNull(
                    world.view(DB).waiting().orElseThrow().lastOfferByAgent().get("agent-a"))
                .refusals())
        .extracting(refusal -> refusal.text())
        .contains(
            "needs path disk 100 for volume path, offer has none that is unreserved",
            "needs mount disk 100 for volume mount, offer has none that is unreserved");
  }
}
