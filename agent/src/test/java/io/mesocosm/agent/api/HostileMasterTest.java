package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.mesocosm.agent.Agent;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.agent.AgentTimer;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that no master of good will sends: none of them may end an agent. */
class HostileMasterTest {
  private static final int EVENTS = 6000;
  private static final int ROUND = 50;

  private final List<AgentTimer> timers = new ArrayList<>();
  private final List<AgentCommand> news = new ArrayList<>();
  private final Agent agent =
      new Agent(
          AgentConfig.of(
              AgentInfo.newBuilder().setHostname("node").setPort(5051).build(),
              "10.0.0.1",
              "/work"),
          new SplittableRandom(1));
  private Instant now = ApiFixture.NOW;
  private long link;
  private int launches;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void mutatedEventsDoNotEndTheAgent(long seed) throws Exception {
    Random random = new Random(seed);
    handle(new AgentCommand.Start());
    List<LinkEvent> events = List.of();
    for (int i = 0; i < EVENTS; i++) {
      if (i % ROUND == 0) {
        events = LinkEvents.some(random);
      }
      LinkEvent event = LinkEvents.mutated(events.get(random.nextInt(events.size())), random);
      String hex = HexFormat.of().formatHex(event.toByteArray());
      assertThatCode(() -> step(event, random))
          .as("event %s: %s", event.getType(), hex)
          .doesNotThrowAnyException();
      if (i % (ROUND * 4) == 0) {
        assertThatEverybodyCanBeToldOf(i);
      }
    }

    assertThat(launches).as("events that got through to the end").isGreaterThan(100);
    while (!agent.snapshot().registered()) {
      step(LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build(), random);
    }
    assertThat(handle(arrived(LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build())))
        .filteredOn(AgentEffect.SendToMaster.class::isInstance)
        .map(effect -> ((AgentEffect.SendToMaster) effect).call().getType())
        .contains(LinkCall.Type.PONG);
  }

  private void assertThatEverybodyCanBeToldOf(int round) {
    ApiFixture api = ApiFixture.showing(agent.snapshot());
    for (String path : List.of("/state", "/metrics/snapshot", "/containers")) {
      assertThat(api.get(path).status()).as("%s after %d events", path, round).isEqualTo(200);
    }
    for (String type : List.of("GET_STATE", "GET_AGENT", "GET_OPERATIONS", "GET_CONTAINERS")) {
      assertThat(api.call("{\"type\":\"" + type + "\"}").status())
          .as("%s after %d events", type, round)
          .isEqualTo(200);
    }
  }

  /** One event, and a little of what else happens to an agent. */
  private void step(LinkEvent event, Random random) {
    now = now.plusMillis(random.nextInt(2000));
    handle(arrived(event));
    if (!news.isEmpty()) {
      handle(news.remove(random.nextInt(news.size())));
    }
    if (!timers.isEmpty()) {
      handle(new AgentCommand.TimerFired(timers.remove(random.nextInt(timers.size()))));
    }
  }

  private AgentCommand arrived(LinkEvent event) {
    return new AgentCommand.LinkEventArrived(link, event);
  }

  private List<AgentEffect> handle(AgentCommand command) {
    List<AgentEffect> effects = new ArrayList<>(agent.handle(command, now));
    for (int i = 0; i < effects.size(); i++) {
      AgentEffect effect = effects.get(i);
      switch (effect) {
        case AgentEffect.Checkpoint(long number, var _) ->
            effects.addAll(agent.handle(new AgentCommand.Checkpointed(number), now));
        case AgentEffect.Connect(long number, LinkCall _) -> {
          link = number;
          news.add(new AgentCommand.LinkOpened(number));
          news.add(
              new AgentCommand.LinkEventArrived(
                  number,
                  LinkEvent.newBuilder()
                      .setType(LinkEvent.Type.SUBSCRIBED)
                      .setSubscribed(
                          LinkEvent.Subscribed.newBuilder()
                              .setAgentId(AgentID.newBuilder().setValue(LinkEvents.AGENT)))
                      .build()));
        }
        case AgentEffect.LaunchContainer(var launch) -> {
          launches++;
          news.add(
              new AgentCommand.ContainerStarted(
                  launch.id(),
                  new StartedContainer(
                      launch.id(), OptionalLong.of(7), Optional.empty(), Optional.empty())));
        }
        case AgentEffect.StopContainer(ContainerId id, Duration _) ->
            news.add(new AgentCommand.ContainerExited(ContainerExit.exited(id, 0)));
        case AgentEffect.Store store -> news.add(new AgentCommand.Stored(store.number()));
        case AgentEffect.SetTimer(AgentTimer timer, Instant _) -> timers.add(timer);
        case AgentEffect.CancelTimer(AgentTimer timer) -> timers.remove(timer);
        case AgentEffect.Disconnect _,
            AgentEffect.AwaitContainer _,
            AgentEffect.SendToMaster _,
            AgentEffect.DestroyContainer _,
            AgentEffect.StartChecks _,
            AgentEffect.StopChecks _,
            AgentEffect.AnswerExecutor _,
            AgentEffect.SendToExecutor _,
            AgentEffect.CloseExecutorStream _,
            AgentEffect.Stopped _ -> {}
      }
    }
    return effects;
  }
}
