package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

  private static LinkCall message(int number) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.EXECUTOR_MESSAGE)
        .setExecutorMessage(
            LinkCall.ExecutorMessage.newBuilder()
                .setData(ByteString.copyFromUtf8(String.valueOf(number))))
        .build();
  }
}
