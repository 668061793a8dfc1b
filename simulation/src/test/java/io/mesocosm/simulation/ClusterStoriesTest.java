package io.mesocosm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Named stories: what a person would try first, each from one seed. */
class ClusterStoriesTest {
  private final SimulatedCluster cluster = new SimulatedCluster(1, 3);

  @Test
  void anAppIsLaunchedOnTheAgentsThatHaveRoom() {
    cluster.deploy("/web", 5);
    cluster.run(Duration.ofSeconds(30));
    assertThat(cluster.runningTasks()).hasSize(5);
    cluster.requireSettled();
  }

  @Test
  void scalingDownKillsWhatIsTooMuch() {
    cluster.deploy("/web", 5);
    cluster.run(Duration.ofSeconds(30));
    cluster.scale("/web", 2);
    cluster.run(Duration.ofSeconds(30));
    assertThat(cluster.runningTasks()).hasSize(2);
    cluster.requireSettled();
  }

  @Test
  void aTaskThatDiesIsReplaced() {
    cluster.deploy("/web", 2);
    cluster.run(Duration.ofSeconds(30));
    String victim = cluster.runningTasks().getFirst();
    cluster.endTask(victim, 1);
    cluster.run(Duration.ofSeconds(60));
    assertThat(cluster.runningTasks()).hasSize(2).doesNotContain(victim);
    cluster.requireSettled();
  }

  @Test
  void aLostAgentsTasksAreReplacedElsewhereAndItsOwnEndWhenItComesBack() {
    cluster.deploy("/web", 3);
    cluster.run(Duration.ofSeconds(30));
    int lost =
        cluster.runningTasksOn(0).isEmpty() ? cluster.runningTasksOn(1).isEmpty() ? 2 : 1 : 0;
    assertThat(cluster.runningTasksOn(lost)).isNotEmpty();
    cluster.cutAgent(lost);
    cluster.run(Duration.ofMinutes(5));
    List<String> elsewhere =
        cluster.runningTasks().stream()
            .filter(task -> !cluster.runningTasksOn(lost).contains(task))
            .toList();
    assertThat(elsewhere).as("replaced while the agent was away").hasSize(3);
    cluster.healAgent(lost);
    cluster.run(Duration.ofMinutes(5));
    assertThat(cluster.runningTasks()).hasSize(3);
    cluster.requireSettled();
  }

  @Test
  void anAgentThatLosesPowerComesBackEmptyAndItsTasksAreReplaced() {
    cluster.deploy("/web", 6);
    cluster.run(Duration.ofSeconds(30));
    cluster.restartAgent(0);
    cluster.run(Duration.ofMinutes(5));
    cluster.requireSettled();
  }

  @Test
  void aMasterThatRestartsDisturbsNoTask() {
    cluster.deploy("/web", 4);
    cluster.run(Duration.ofSeconds(30));
    List<String> before = cluster.runningTasks();
    cluster.restartMaster();
    cluster.run(Duration.ofMinutes(5));
    assertThat(cluster.runningTasks()).containsExactlyInAnyOrderElementsOf(before);
    cluster.requireSettled();
  }

  @Test
  void aServicesSchedulerThatRestartsKeepsItsInstances() {
    cluster.deploy("/web", 4);
    cluster.run(Duration.ofSeconds(30));
    List<String> before = cluster.runningTasks();
    cluster.restartServices();
    cluster.run(Duration.ofMinutes(5));
    assertThat(cluster.runningTasks()).containsExactlyInAnyOrderElementsOf(before);
    cluster.requireSettled();
  }
}
