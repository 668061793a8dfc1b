package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MasterLinkTest {
  private static final int CALLS = 2000;

  @Test
  void callsThatWaitGoTogetherAndInOrder() throws Exception {
    BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
    try (FakeMaster master = new FakeMaster();
        MasterLink link =
            new MasterLink(
                MasterLocator.fixed(master.address()), ClientAccess.ANONYMOUS, commands::add)) {
      link.connect(1, LinkCall.newBuilder().setType(LinkCall.Type.SUBSCRIBE).build());
      assertThat(commands.poll(20, TimeUnit.SECONDS)).isEqualTo(new AgentCommand.LinkOpened(1));

      for (int i = 0; i < CALLS; i++) {
        link.send(1, message(i));
      }

      for (int i = 0; i < CALLS; i++) {
        assertThat(master.next(LinkCall.Type.EXECUTOR_MESSAGE)).isEqualTo(message(i));
      }
      assertThat(master.posts()).isLessThan(CALLS / 2);
    }
  }

  private static AgentCommand next(BlockingQueue<AgentCommand> commands) throws Exception {
    AgentCommand command = commands.poll(20, TimeUnit.SECONDS);
    assertThat(command).as("a command within 20 s").isNotNull();
    return command;
  }

  private static final LinkCall SUBSCRIBE =
      LinkCall.newBuilder().setType(LinkCall.Type.SUBSCRIBE).build();

  @Test
  void linkToADeposedMasterIsLeft() throws Exception {
    BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
    try (FakeMaster master = new FakeMaster();
        MasterLink link =
            new MasterLink(
                MasterLocator.fixed(master.address()), ClientAccess.ANONYMOUS, commands::add)) {
      link.connect(1, SUBSCRIBE);
      assertThat(next(commands)).isEqualTo(new AgentCommand.LinkOpened(1));
      assertThat(next(commands)).isInstanceOf(AgentCommand.LinkEventArrived.class);

      link.leaderChanged(master.address());
      assertThat(commands).isEmpty();
      link.leaderChanged("10.0.0.9:5050");

      assertThat(commands)
          .containsExactly(
              new AgentCommand.LinkClosed(1, "another master leads now: 10.0.0.9:5050"));
    }
  }

  private static HttpServer master(Function<Request, Response> answers) {
    return HttpServer.start(HttpServerOptions.of("master", "127.0.0.1", 0), answers::apply);
  }

  @Test
  void followerThatRedirectsIsFollowed() throws Exception {
    BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
    try (FakeMaster leader = new FakeMaster();
        HttpServer follower =
            master(request ->
                Response.empty(307)
                    .withHeader("Location", "//" + leader.address() + request.path()));
        MasterLink link =
            new MasterLink(
                MasterLocator.fixed("127.0.0.1:" + follower.port()),
                ClientAccess.ANONYMOUS,
                commands::add)) {
      link.connect(1, SUBSCRIBE);
      assertThat(next(commands)).isEqualTo(new AgentCommand.LinkOpened(1));

      link.send(1, message(7));

      assertThat(leader.next(LinkCall.Type.EXECUTOR_MESSAGE)).isEqualTo(message(7));
    }
  }

  @Test
  void masterThatHasNoLeaderYetIsToldOfToTheCore() throws Exception {
    BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
    try (HttpServer master = master(_ -> Response.empty(503));
        MasterLink link =
            new MasterLink(
                MasterLocator.fixed("127.0.0.1:" + master.port()),
                ClientAccess.ANONYMOUS,
                commands::add)) {
      link.connect(1, SUBSCRIBE);

      assertThat(next(commands))
          .isInstanceOfSatisfying(
              AgentCommand.LinkClosed.class,
              closed -> assertThat(closed.reason()).contains("status 503"));
    }
  }

  @Test
  void masterThatRefusesIsNotAskedAgainAtOnce() throws Exception {
    BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
    try (HttpServer master = master(_ -> Response.empty(401));
        MasterLink link =
            new MasterLink(
                MasterLocator.fixed("127.0.0.1:" + master.port()),
                ClientAccess.ANONYMOUS,
                commands::add)) {
      long begun = System.nanoTime();
      link.connect(1, SUBSCRIBE);

      assertThat(next(commands)).isInstanceOf(AgentCommand.LinkClosed.class);
      assertThat(System.nanoTime() - begun).isGreaterThan(4_000_000_000L);
    }
  }

  private static LinkCall message(int number) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.EXECUTOR_MESSAGE)
        .setExecutorMessage(
            LinkCall.ExecutorMessage.newBuilder()
                .setData(ByteString.copyFromUtf8(String.valueOf(number))))
        .build();
  }
}
