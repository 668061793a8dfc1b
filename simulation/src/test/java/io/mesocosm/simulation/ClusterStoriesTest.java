package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.world.Network.Cut;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One fault at a time, and what becomes of the instances. */
class ClusterStoriesTest {
  private static final String WEB = "/web";
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final Duration AFTER_FAILOVER = Duration.ofMinutes(15);
  private static final int AGENTS = 3;

  private final SimulatedCluster cluster =
      new SimulatedCluster(
          new Simulation(7, false), SimulatedCluster.Size.USUAL.withAgents(AGENTS));

  private void deploy(int instances) {
    cluster.run(Duration.ofSeconds(10));
    cluster.want(WEB, instances);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(instances);
  }

  private int busyAgent() {
    return IntStream.range(0, AGENTS)
        .filter(agent -> !cluster.running(WEB, agent).isEmpty())
        .findFirst()
        .orElseThrow();
  }

  private void cutFromMasters(int agent, Cut how) {
    IntStream.range(0, 3)
        .forEach(master -> cluster.network().cut("agent-" + agent, "master-" + master, how));
  }

  private void healFromMasters(int agent, Cut how) {
    IntStream.range(0, 3)
        .forEach(master -> cluster.network().heal("agent-" + agent, "master-" + master, how));
  }

  @Test
  void scalingDownKillsTheSurplusOnly() {
    deploy(5);
    SortedSet<String> before = cluster.running(WEB);
    cluster.want(WEB, 2);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(2).isSubsetOf(before);
  }

  @Test
  void instancesOfALostAgentAreReplacedAndTheSurplusEndedWhenItComesBack() {
    for (Cut how : Cut.values()) {
      deploy(6);
      int lost = busyAgent();
      SortedSet<String> left = cluster.running(WEB, lost);
      cutFromMasters(lost, how);
      cluster.run(Duration.ofMinutes(4));
      assertThat(cluster.running(WEB)).as(how.toString()).hasSize(6 + left.size());
      healFromMasters(lost, how);
      cluster.settle(SOON);
      assertThat(cluster.running(WEB)).hasSize(6).doesNotContainAnyElementsOf(left);
    }
  }

  @Test
  void anAgentWhoseProcessIsKilledFindsItsContainersAgain() {
    deploy(6);
    SortedSet<String> before = cluster.running(WEB);
    int agent = busyAgent();
    cluster.killAgent(agent);
    cluster.run(Duration.ofSeconds(5));
    cluster.startAgent(agent);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).isEqualTo(before);
  }

  @Test
  void theInstancesOfAMachineThatLosesPowerAreReplaced() {
    deploy(6);
    int agent = busyAgent();
    SortedSet<String> ended = cluster.running(WEB, agent);
    cluster.powerOff(agent);
    cluster.run(Duration.ofSeconds(5));
    cluster.startAgent(agent);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(6).doesNotContainAnyElementsOf(ended);
  }

  @Test
  void aStandbyTakesOverFromAMasterThatIsKilledAndNoInstanceIsDisturbed() {
    deploy(6);
    SortedSet<String> before = cluster.running(WEB);
    int leader = cluster.leadingMaster();
    cluster.killMaster(leader);
    cluster.run(Duration.ofSeconds(20));
    assertThat(cluster.master()).isPresent();
    assertThat(cluster.leadingMaster()).isNotEqualTo(leader);
    cluster.startMaster(leader);
    cluster.settle(AFTER_FAILOVER);
    assertThat(cluster.running(WEB)).isEqualTo(before);
  }

  @Test
  void theInstancesOutliveAllMastersAtOnce() {
    deploy(6);
    SortedSet<String> before = cluster.running(WEB);
    IntStream.range(0, 3).forEach(cluster::killMaster);
    cluster.run(Duration.ofMinutes(5));
    IntStream.range(0, 3).forEach(cluster::startMaster);
    cluster.settle(AFTER_FAILOVER);
    assertThat(cluster.running(WEB)).isEqualTo(before);
  }

  @Test
  void theStandbyServicesSchedulerKeepsAllInstances() {
    deploy(6);
    SortedSet<String> before = cluster.running(WEB);
    cluster.killServices(cluster.leadingServicesIndex());
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).isEqualTo(before);
  }

  @Test
  void aSubscribeOfAnAgentThatArrivesLateTakesNothingAway() {
    deploy(1);
    IntStream.range(0, AGENTS)
        .forEach(agent -> cluster.network().duplicate("agent-" + agent, true));
    for (int instances = 2; instances < 12; instances++) {
      SortedSet<String> before = cluster.running(WEB);
      for (int agent = 0; agent < AGENTS; agent++) {
        cutFromMasters(agent, Cut.RESET);
        healFromMasters(agent, Cut.RESET);
      }
      // The links are up again, and what opened them is still to come a second time.
      cluster.run(Duration.ofSeconds(3));
      cluster.want(WEB, instances);
      cluster.settle(SOON);
      assertThat(cluster.running(WEB)).hasSize(instances).containsAll(before);
    }
  }

  @Test
  void aDrainedAgentStaysEmptyWhoeverLeadsUntilItIsPutBack() {
    deploy(6);
    int drained = busyAgent();
    cluster.takeOutOfUse(drained, true);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(6);
    assertThat(cluster.running(WEB, drained)).isEmpty();

    int leader = cluster.leadingMaster();
    cluster.killMaster(leader);
    cluster.run(Duration.ofSeconds(20));
    cluster.startMaster(leader);
    cluster.want(WEB, 9);
    cluster.settle(AFTER_FAILOVER);
    assertThat(cluster.running(WEB)).hasSize(9);
    assertThat(cluster.running(WEB, drained)).isEmpty();

    cluster.putBackIntoUse(drained);
    cluster.want(WEB, 22);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(22);
    assertThat(cluster.running(WEB, drained)).isNotEmpty();
  }

  @Test
  void aContainerThatDiesIsReplaced() {
    deploy(3);
    String dead = cluster.running(WEB).first();
    cluster.endTask(dead, 1);
    cluster.settle(SOON);
    assertThat(cluster.running(WEB)).hasSize(3).doesNotContain(dead);
  }

  @Test
  void aMasterThatCannotReachZooKeeperStepsDownBeforeAnotherLeads() {
    deploy(3);
    int leader = cluster.leadingMaster();
    cluster.zooKeeper().cut(cluster.hosts().get(leader));
    // That no two lead at once is watched at every step.
    cluster.run(Duration.ofSeconds(13));
    assertThat(cluster.master()).isPresent();
    assertThat(cluster.leadingMaster()).isNotEqualTo(leader);
  }
}
