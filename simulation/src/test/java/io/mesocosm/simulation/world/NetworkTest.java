package io.mesocosm.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.simulation.world.Network.Cut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private final Simulation simulation = new Simulation(1, false);
  private final Network network = new Network(simulation);
  private final Host client = new Host(simulation, "client");
  private final Host server = new Host(simulation, "server");
  private final List<String> heard = new ArrayList<>();
  private final List<Network.End> ends = new ArrayList<>();

  @BeforeEach
  void serverIsUp() {
    network.up("server");
  }

  private Network.End connect() {
    network.connect(client, server, ends::add, () -> heard.add("no route"));
    Network.End near = ends.removeLast();
    near.onClosed(_ -> heard.add("client: closed"));
    near.peer().onClosed(_ -> heard.add("server: closed"));
    return near;
  }

  private void pass() {
    simulation.run(Duration.ofSeconds(10));
  }

  @Test
  void messagesArriveInTheirOrderAndThenTheEnd() {
    Network.End near = connect();
    IntStream.range(0, 5).forEach(i -> near.send(() -> heard.add("message " + i)));
    near.close();
    pass();
    assertThat(heard)
        .containsExactly(
            "message 0", "message 1", "message 2", "message 3", "message 4", "server: closed");
  }

  @Test
  void aResetBreaksBothEnds() {
    Network.End near = connect();
    near.send(() -> heard.add("message"));
    network.cut("client", "server", Cut.RESET);
    pass();
    assertThat(heard).containsExactlyInAnyOrder("client: closed", "server: closed");
  }

  @Test
  void aSilentCutHoldsMessagesBackUntilItIsHealed() {
    Network.End near = connect();
    network.cut("client", "server", Cut.SILENT);
    near.send(() -> heard.add("message"));
    pass();
    assertThat(heard).isEmpty();
    network.heal("client", "server", Cut.SILENT);
    pass();
    assertThat(heard).containsExactly("message");
  }

  @Test
  void aOneWayCutLetsTheOtherWayThrough() {
    Network.End near = connect();
    network.cut("client", "server", Cut.ONE_WAY);
    near.send(() -> heard.add("to the server"));
    near.peer().send(() -> heard.add("to the client"));
    pass();
    assertThat(heard).containsExactly("to the client");
  }

  @Test
  void overlappingCutsAreHealedOneByOne() {
    network.cut("client", "server", Cut.RESET);
    network.cut("server", "client", Cut.SILENT);
    network.heal("client", "server", Cut.RESET);
    assertThat(network.isCut("client", "server")).isTrue();
    network.heal("server", "client", Cut.SILENT);
    assertThat(network.isCut("client", "server")).isFalse();
  }

  @Test
  void theLossOfPowerIsHeardOfWhenTheHostIsBack() {
    connect();
    network.powerless("server");
    pass();
    assertThat(heard).isEmpty();
    network.up("server");
    pass();
    assertThat(heard).containsExactly("client: closed");
  }

  @Test
  void aPausedHostTakesItsMessagesLaterAndInOrder() {
    Network.End near = connect();
    server.pause(Duration.ofMinutes(1));
    near.send(() -> heard.add("first"));
    pass();
    near.send(() -> heard.add("second"));
    pass();
    assertThat(heard).isEmpty();
    simulation.run(Duration.ofMinutes(1));
    assertThat(heard).containsExactly("first", "second");
  }
}
