package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masters that bring their own ZooKeeper. */
class EmbeddedPeersTest {
  private static final String WEIGHTS =
      "{\"type\":\"UPDATE_WEIGHTS\",\"update_weights\":"
          + "{\"weight_infos\":[{\"role\":\"web\",\"weight\":2.0}]}}";

  @TempDir Path folder;

  @Test
  void oneMasterAloneNeedsNobodyElse() throws Exception {
    String port = Integer.toString(freePorts(1).getFirst());
    String[] flags = {
      "--zk_embedded", "--work_dir=" + folder.resolve("alone"), "--zk_client_port=" + port
    };
    try (Contestant master = Contestant.with(flags).awaitLeading()) {
      assertThat(master.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(200);
    }
    try (Contestant again = Contestant.with(flags).awaitLeading()) {
      assertThat(again.get("/weights").body()).contains("\"web\"");
    }
  }

  @Test
  void ofThreeMastersTwoGoOnWithoutTheLeader() throws Exception {
    List<Contestant> masters = new ArrayList<>();
    try {
      List<Integer> ports = freePorts(9);
      String peers =
          List.of(0, 3, 6).stream()
              .map(first -> "127.0.0.1:" + joined(ports.subList(first, first + 3)))
              .collect(Collectors.joining(","));
      for (int number = 1; number <= 3; number++) {
        masters.add(
            Contestant.with(
                "--zk_embedded",
                "--work_dir=" + folder.resolve("master-" + number),
                "--peers=" + peers,
                "--zk_self=" + number,
                "--zk_session_timeout=4secs"));
      }
      Contestant leader = firstToLead(masters);
      assertThat(leader.post("/api/v1", WEIGHTS).statusCode()).isEqualTo(200);

      leader.leave();
      masters.remove(leader);

      assertThat(firstToLead(masters).get("/weights").body()).contains("\"web\"");
    } finally {
      masters.forEach(Contestant::close);
    }
  }

  @Test
  void aTakenPortIsNamedAndNothingIsLeftRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String[] flags = {
        "--zk_embedded", "--work_dir=" + folder, "--zk_client_port=" + taken.getLocalPort()
      };
      assertThatThrownBy(() -> Contestant.with(flags))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("--zk_embedded: ")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
  }

  private static Contestant firstToLead(List<Contestant> masters) throws Exception {
    CompletableFuture<?>[] all =
        masters.stream().map(Contestant::leading).toArray(CompletableFuture<?>[]::new);
    return (Contestant) CompletableFuture.anyOf(all).get(60, TimeUnit.SECONDS);
  }

  private static String joined(List<Integer> ports) {
    return ports.stream().map(String::valueOf).collect(Collectors.joining(":"));
  }

  /** All at once, so that none is given twice. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
