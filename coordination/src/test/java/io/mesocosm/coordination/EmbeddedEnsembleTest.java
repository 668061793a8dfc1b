package io.mesocosm.coordination;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.EmbeddedEnsemble.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEnsembleTest {
  private static final String HOST = "127.0.0.1";

  @TempDir Path folder;
  private final List<Optional<EmbeddedEnsemble>> members = new ArrayList<>();
  private List<ServerAddress> peers = List.of();

  @AfterEach
  void stop() {
    members.forEach(member -> member.ifPresent(EmbeddedEnsemble::close));
  }

  @Test
  void threeMembersKeepARecordWhicheverOneDies() throws Exception {
    startThree();
    ZooKeeperAddress address = address();
    try (ZooKeeperStore store = ZooKeeperStore.connect(address, Duration.ofSeconds(30))) {
      store.put("/x", new byte[] {1});
      for (int i = 0; i < members.size(); i++) {
        int port = kill(i);
        store.put("/x", new byte[] {(byte) i});
        assertThat(store.get("/x").orElseThrow().bytes()).containsExactly(i);
        members.set(i, Optional.of(start(i, port)));
      }
    }
  }

  @Test
  void aLeaderLeadsOnWhenItsServerDies() throws Exception {
    startThree();
    RecordingListener listener = new RecordingListener();
    try (Election _ =
        ZooKeeperElection.enter(
            address(),
            new ElectionOptions("/", "json.info_", Duration.ofSeconds(20)),
            "one".getBytes(UTF_8),
            listener)) {
      listener.hears("elected", "leader one");
      for (int i = 0; i < members.size(); i++) { // whichever it is connected to
        int port = kill(i);
        listener.store().put("/x", new byte[] {(byte) i});
        members.set(i, Optional.of(start(i, port)));
      }
      assertThat(listener.store().get("/x").orElseThrow().bytes()).containsExactly(2);
      assertThat(listener.heardNothing()).isTrue();
    }
  }

  @Test
  void aMinorityAnswersNobody() throws Exception {
    peers = freePeers();
    members.add(Optional.of(start(0, 0)));
    EmbeddedEnsemble lonely = members.getFirst().orElseThrow();
    assertThat(lonely.isServing()).isFalse();
    assertThat(ask(lonely, "ruok")).isEqualTo("imok");
    assertThat(ask(lonely, "srvr")).contains("not currently serving requests");
  }

  @Test
  void takenPortsAndFoldersAreOneClearFailure() throws Exception {
    peers = freePeers();
    try (ServerSocket _ =
        new ServerSocket(peers.get(1).electionPort(), 1, InetAddress.getByName(HOST))) {
      assertThatThrownBy(() -> start(1, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + peers.get(1).electionPort() + " of " + HOST);
    }
    members.add(Optional.of(start(0, 0)));
    assertThatThrownBy(() -> EmbeddedEnsemble.start(folder.resolve("0"), peers, 1, HOST, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another ZooKeeper uses the data folder");
  }

  @Test
  void aMemberThatIsNoneIsRefused() {
    assertThatThrownBy(() -> EmbeddedEnsemble.start(folder, List.of(), 0, HOST, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("member 0 is not among the 0 of the ensemble");
    assertThatThrownBy(() -> new ServerAddress("a", 2888, 2888))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("both 2888");
    assertThatThrownBy(() -> new ServerAddress("a", 0, 3888))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port 0");
  }

  private void startThree() throws Exception {
    peers = freePeers();
    for (int i = 0; i < peers.size(); i++) {
      members.add(Optional.of(start(i, 0)));
    }
  }

  private EmbeddedEnsemble start(int self, int port) throws IOException {
    return EmbeddedEnsemble.start(folder.resolve("" + self), peers, self, HOST, port);
  }

  private int kill(int self) {
    EmbeddedEnsemble member = members.get(self).orElseThrow();
    int port = member.port();
    member.close();
    members.set(self, Optional.empty());
    return port;
  }

  private ZooKeeperAddress address() {
    String servers =
        members.stream()
            .map(member -> member.orElseThrow().connectString())
            .collect(Collectors.joining(","));
    return ZooKeeperAddress.parse("zk://" + servers + "/test");
  }

  /** Ports that no other socket is given by chance: below those that the system hands out. */
  private static List<ServerAddress> freePeers() {
    List<Integer> ports = new ArrayList<>();
    int port = 12_000 + (int) (ProcessHandle.current().pid() % 15_000);
    while (ports.size() < 6) {
      port++;
      if (isFree(port)) {
        ports.add(port);
      }
    }
    List<ServerAddress> free = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      free.add(new ServerAddress(HOST, ports.get(2 * i), ports.get(2 * i + 1)));
    }
    return free;
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static String ask(EmbeddedEnsemble member, String word) throws IOException {
    try (Socket socket = new Socket(HOST, member.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(word.getBytes(US_ASCII));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
