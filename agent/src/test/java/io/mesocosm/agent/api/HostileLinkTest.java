package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.agent.shell.AgentOptions;
import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.agent.shell.Containerizers;
import io.mesocosm.agent.shell.FakeMaster;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.testkit.Mutation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole agent whose master does not mean well: it may lose its link, and never its life. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileLinkTest {
  private static final int ROUNDS = 12;
  private static final int EVENTS = 80;
  private static final int TRIES_MAX = 40;

  /** Containers that do nothing until they are stopped. */
  private static final class IdleEngine implements Containerizer {
    private final Map<ContainerId, CompletableFuture<ContainerExit>> ends =
        new ConcurrentHashMap<>();
    private final AtomicInteger launches = new AtomicInteger();

    @Override
    public StartedContainer launch(ContainerSpec spec) {
      launches.incrementAndGet();
      ends.put(spec.id(), new CompletableFuture<>());
      return new StartedContainer(
          spec.id(), OptionalLong.of(1), Optional.empty(), Optional.empty());
    }

    @Override
    public ContainerExit await(ContainerId id) throws InterruptedException {
      try {
        return ends.getOrDefault(id, CompletableFuture.completedFuture(ContainerExit.exited(id, 0)))
            .get();
      } catch (ExecutionException e) {
        throw new AssertionError("an end is only ever completed with a value", e);
      }
    }

    @Override
    public void stop(ContainerId id, Duration grace) {
      CompletableFuture<ContainerExit> end = ends.get(id);
      if (end != null) {
        end.complete(ContainerExit.exited(id, 0));
      }
    }

    @Override
    public void destroy(ContainerId id) {
      ends.remove(id);
    }

    @Override
    public int execute(ContainerId id, List<String> command, Duration timeout) {
      return 0;
    }

    @Override
    public Map<ContainerId, RecoveredContainer> recover(Set<ContainerId> wanted) {
      return Map.of();
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutatedEventsDoNotEndTheAgent(long seed, @TempDir Path folder) throws Exception {
    Random random = new Random(seed);
    CompletableFuture<Throwable> crash = new CompletableFuture<>();
    try (FakeMaster master = new FakeMaster();
        IdleEngine engine = new IdleEngine();
        AgentProcess agent = start(master, engine, folder, crash)) {
      assertThat(agent.awaitRegistered(Duration.ofSeconds(20))).isTrue();
      for (int round = 0; round < ROUNDS; round++) {
        // What sends the agent away would keep the rest from it: now and then is enough.
        boolean leaving = round % 4 == 0;
        List<LinkEvent> events =
            LinkEvents.some(random).stream()
                .filter(event -> leaving || event.getType() != LinkEvent.Type.SHUTDOWN)
                .toList();
        for (int i = 0; i < EVENTS; i++) {
          send(
              master,
              LinkEvents.mutated(events.get(random.nextInt(events.size())), random).toByteArray());
        }
        if (leaving) {
          // Perhaps no event at all: then the agent comes back over another link.
          send(
              master,
              Mutation.any(events.get(random.nextInt(events.size())).toByteArray(), random));
        }
        awaitAnswer(master, "round-" + round);
        assertThat(crash).as("seed %d, round %d", seed, round).isNotDone();
      }
      assertThat(engine.launches.get()).as("launches that got through").isGreaterThan(5);
    }
    assertThat(crash).isNotDone();
  }

  private static AgentProcess start(
      FakeMaster master, IdleEngine engine, Path folder, CompletableFuture<Throwable> crash)
      throws Exception {
    return AgentProcess.start(
        AgentOptions.parse(
            List.of(
                "--master=" + master.address(),
                "--ip=127.0.0.1",
                "--port=0",
                "--work_dir=" + folder.resolve("work"),
                "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                "--registration_backoff_factor=100ms",
                "--no-switch_user")),
        new Containerizers(Optional.of(engine), Optional.of(engine)),
        InstantSource.system(),
        new SplittableRandom(1),
        crash::complete);
  }

  private static void send(FakeMaster master, byte[] record) {
    // Empty records cannot be framed.
    if (record.length > 0) {
      master.send(record);
    }
  }

  /** A task that can only fail is told of, once the agent has come so far and has a link. */
  private static void awaitAnswer(FakeMaster master, String id) throws Exception {
    LinkEvent.RunTasks.Builder run =
        LinkEvent.RunTasks.newBuilder()
            .setFrameworkInfo(
                FrameworkInfo.newBuilder()
                    .setId(FrameworkID.newBuilder().setValue("marker"))
                    .setName("f")
                    .setUser("u"));
    for (String each : List.of(id, "../bad")) {
      run.addTasks(
          TaskInfo.newBuilder()
              .setName(each)
              .setTaskId(TaskID.newBuilder().setValue(each))
              .setAgentId(AgentID.newBuilder().setValue(LinkEvents.AGENT)));
    }
    for (int i = 0; i < TRIES_MAX; i++) {
      master.send(
          LinkEvent.newBuilder().setType(LinkEvent.Type.RUN_TASKS).setRunTasks(run).build());
      Optional<LinkCall> call = master.poll();
      while (call.isPresent()) {
        if (call.get().getUpdate().getStatus().getTaskId().getValue().equals(id)) {
          return;
        }
        call = master.poll();
      }
    }
    throw new AssertionError("the agent is silent");
  }
}
