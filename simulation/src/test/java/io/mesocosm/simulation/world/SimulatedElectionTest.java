package io.mesocosm.simulation.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.simulation.world.SimulatedElection.Leadership;
import io.mesocosm.simulation.world.SimulatedElection.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SimulatedElectionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Simulation simulation = new Simulation(1, true);
  private final SimulatedZooKeeper zooKeeper = new SimulatedZooKeeper(simulation, TIMEOUT);
  private final SimulatedElection<String> election =
      new SimulatedElection<>(zooKeeper, "test", (_, _, _) -> {});
  private final List<String> told = new ArrayList<>();
  private final Host first = new Host(simulation, "first");
  private final Host second = new Host(simulation, "second");

  private final class Member implements SimulatedZooKeeper.SessionListener {
    private final String name;
    private final SimulatedZooKeeper.Session session;
    private Optional<Leadership<String>> leadership = Optional.empty();

    Member(Host host) {
      this.name = host.name();
      this.session = zooKeeper.open(host, this);
      election.enter(
          session,
          name,
          given -> {
            leadership = Optional.of(given);
            told.add(name + " leads");
          });
    }

    @Override
    public void disconnected() {
      told.add(name + " disconnected");
    }

    @Override
    public void expired() {
      told.add(name + " expired");
    }

    List<WriteResult> write(String path, String value) {
      List<WriteResult> results = new ArrayList<>();
      leadership.orElseThrow().write(Map.of(path, Optional.of(value)), results::add);
      simulation.run(Duration.ofSeconds(1));
      return results;
    }
  }

  private Member enter(Host host) {
    Member member = new Member(host);
    simulation.run(Duration.ofSeconds(1));
    return member;
  }

  @Test
  void theMemberThatEnteredFirstLeads() {
    Member leader = enter(first);
    enter(second);
    assertThat(told).containsExactly("first leads");
    assertThat(leader.write("path", "value")).containsExactly(WriteResult.DONE);
    assertThat(election.records()).containsEntry("path", "value");
  }

  @Test
  void aLeaderThatIsCutOffIsToldBeforeAnotherLeads() {
    enter(first);
    enter(second);
    zooKeeper.cut(first);
    simulation.run(Duration.ofSeconds(12));
    zooKeeper.heal(first);
    simulation.run(Duration.ofSeconds(2));
    assertThat(told)
        .containsExactly("first leads", "first disconnected", "second leads", "first expired");
  }

  @Test
  void aShortCutEndsNoSession() {
    Member leader = enter(first);
    enter(second);
    zooKeeper.cut(first);
    simulation.run(Duration.ofSeconds(2));
    zooKeeper.heal(first);
    simulation.run(Duration.ofMinutes(1));
    assertThat(told).containsExactly("first leads");
    assertThat(leader.write("path", "value")).containsExactly(WriteResult.DONE);
  }

  @Test
  void aDeposedLeadersWriteIsFenced() {
    Member leader = enter(first);
    enter(second);
    zooKeeper.cut(first);
    first.pause(Duration.ofSeconds(20));
    simulation.run(Duration.ofSeconds(15));
    zooKeeper.heal(first);
    assertThat(told).containsExactly("first leads", "second leads");
    first.resume();
    assertThat(leader.write("path", "stale")).containsExactly(WriteResult.FENCED);
    assertThat(election.records()).isEmpty();
  }

  @Test
  void noSessionEndsWhileTheQuorumIsLost() {
    enter(first);
    enter(second);
    zooKeeper.lose();
    simulation.run(Duration.ofMinutes(5));
    zooKeeper.recover();
    simulation.run(Duration.ofMinutes(1));
    assertThat(told)
        .containsExactlyInAnyOrder("first leads", "first disconnected", "second disconnected");
    assertThat(election.leader()).contains("first");
  }

  @Test
  void watchersHearOfTheLeaderAsFarAsTheyReach() {
    Host watcher = new Host(simulation, "watcher");
    SimulatedElection<String>.Watch watch = election.watch(watcher, _ -> {});
    Member leader = enter(first);
    assertThat(watch.leader()).contains("first");
    enter(second);
    zooKeeper.cut(watcher);
    leader.session.abandon();
    simulation.run(Duration.ofSeconds(15));
    assertThat(watch.leader()).contains("first");
    zooKeeper.heal(watcher);
    simulation.run(Duration.ofSeconds(1));
    assertThat(watch.leader()).contains("second");
  }
}
