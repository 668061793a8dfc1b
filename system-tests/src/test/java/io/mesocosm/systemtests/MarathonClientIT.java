package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mesosphere.marathon.client.Marathon;
import mesosphere.marathon.client.MarathonClient;
import mesosphere.marathon.client.MarathonException;
import mesosphere.marathon.client.model.v2.App;
import mesosphere.marathon.client.model.v2.Deployment;
import mesosphere.marathon.client.model.v2.GetServerInfoResponse;
import mesosphere.marathon.client.model.v2.Group;
import mesosphere.marathon.client.model.v2.QueueElement;
import mesosphere.marathon.client.model.v2.Result;
import mesosphere.marathon.client.model.v2.Task;
import mesosphere.marathon.client.model.v2.VersionedApp;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Mesosphere's Java client for Marathon, unmodified: every call that it has. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MarathonClientIT {
  private static final String WEB = "/shop/web";

  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path workDir;

  @SuppressWarnings("NonFinalStaticField") // one cluster for all the tests of the class
  private static LocalCluster cluster;

  @SuppressWarnings("NonFinalStaticField") // set with it
  private static Marathon client;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(workDir);
    client = MarathonClient.getInstance(cluster.services());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static App app(String id, int instances) {
    App app = new App();
    app.setId(id);
    app.setCmd("sleep 1000");
    app.setCpus(0.05);
    app.setMem(16.0);
    app.setInstances(instances);
    return app;
  }

  private static void awaitDeployed() {
    LocalCluster.await(
        () -> client.getDeployments(), List::isEmpty, "all deployments are finished");
  }

  private static Collection<Task> awaitTasks(String id, int count) {
    awaitDeployed();
    return LocalCluster.await(
        () -> client.getAppTasks(id).getTasks(),
        tasks -> tasks.size() == count,
        id + " has " + count + " tasks");
  }

  private static void assertRefused(ThrowingCallable call, int status, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MarathonException.class,
            refusal -> {
              assertThat(refusal.getStatus()).as(refusal.getMessage()).isEqualTo(status);
              assertThat(refusal.getMessage()).contains(words);
            });
  }

  @Test
  @Order(1)
  void anAppIsCreatedAndRead() {
    App wanted = app(WEB, 2);
    wanted.setLabels(Map.of("tier", "web"));
    wanted.setEnv(Map.of("STAGE", "test"));

    VersionedApp created = client.createApp(wanted);

    assertThat(created.getId()).isEqualTo(WEB);
    assertThat(created.getVersion()).isNotEmpty();
    assertThat(created.getDeployments()).hasSize(1);
    assertThat(awaitTasks(WEB, 2))
        .allSatisfy(task -> {
          assertThat(task.getAppId()).isEqualTo(WEB);
          assertThat(task.getHost()).startsWith("127.0.0.");
          assertThat(task.getState()).isEqualTo("TASK_RUNNING");
          assertThat(task.getPorts()).hasSize(1);
          assertThat(task.getServicePorts()).hasSize(1);
          assertThat(task.getStartedAt()).isNotEmpty();
        });
    VersionedApp read = client.getApp(WEB).getApp();
    assertThat(read.getTasksRunning()).isEqualTo(2);
    assertThat(read.getTasks()).hasSize(2);
    assertThat(read.getEnv()).containsEntry("STAGE", "test");
    assertThat(read.getVersionInfo().getLastConfigChangeAt()).isNotEmpty();
  }

  @Test
  @Order(2)
  void appsAreListedAndFiltered() {
    client.createApp(app("/other", 0));

    assertThat(client.getApps().getApps()).extracting(App::getId).contains(WEB, "/other");
    assertThat(client.getApps(Map.of("label", "tier==web", "embed", "apps.tasks")).getApps())
        .singleElement()
        .satisfies(found -> {
          assertThat(found.getId()).isEqualTo(WEB);
          assertThat(found.getTasks()).hasSize(2);
        });
    assertThat(client.getTasks().getTasks()).extracting(Task::getAppId).containsOnly(WEB);
  }

  @Test
  @Order(3)
  void anAppIsScaledAndChangedAndItsVersionsAreKept() {
    App scaled = new App();
    scaled.setInstances(3);
    Result result = client.updateApp(WEB, scaled, false);
    assertThat(result.getDeploymentId()).isNotEmpty();
    assertThat(result.getVersion()).isNotEmpty();
    awaitTasks(WEB, 3);

    App changed = new App();
    changed.setCmd("sleep 2000");
    client.updateApp(WEB, changed, false);
    awaitTasks(WEB, 3);

    assertThat(client.getApp(WEB).getApp().getCmd()).isEqualTo("sleep 2000");
    List<String> versions = List.copyOf(client.getAppVersions(WEB).getVersions());
    assertThat(versions).hasSize(3);
    App first = client.getAppVersion(WEB, versions.getLast());
    assertThat(first.getInstances()).isEqualTo(2);
    assertThat(first.getCmd()).isEqualTo("sleep 1000");
  }

  @Test
  @Order(4)
  void anAppIsPutBackAsItWasRead() {
    App read = client.getApp(WEB).getApp();
    ((VersionedApp) read).setVersion(null);

    client.updateApp(WEB, read, false);

    assertThat(client.getDeployments()).isEmpty();
    assertThat(client.getAppVersions(WEB).getVersions()).hasSize(3);
  }

  @Test
  @Order(5)
  void anAppIsRestarted() {
    List<String> before = client.getAppTasks(WEB).getTasks().stream().map(Task::getId).toList();

    assertThat(client.restartApp(WEB, false).getDeploymentId()).isNotEmpty();

    assertThat(awaitTasks(WEB, 3)).extracting(Task::getId).doesNotContainAnyElementsOf(before);
  }

  @Test
  @Order(6)
  void tasksAreEnded() {
    Task one = client.getAppTasks(WEB).getTasks().getFirst();
    assertThat(client.deleteAppTask(WEB, one.getId(), "false").getTask().getId())
        .isEqualTo(one.getId());
    LocalCluster.await(
        () -> client.getAppTasks(WEB).getTasks(),
        tasks ->
            tasks.size() == 3
                && tasks.stream().noneMatch(task -> task.getId().equals(one.getId()))
                && tasks.stream().allMatch(task -> task.getState().equals("TASK_RUNNING")),
        "the task is replaced");

    String host = client.getAppTasks(WEB).getTasks().getFirst().getHost();
    client.deleteAppTasks(WEB, host, "true");
    awaitDeployed();
    assertThat(client.getAppTasks(WEB).getTasks()).extracting(Task::getHost).doesNotContain(host);
    assertThat(client.getApp(WEB).getApp().getInstances()).isLessThan(3);
  }

  @Test
  @Order(7)
  void deploymentsAndTheQueueAreSeenAndDeploymentsRolledBackOrStopped() {
    App large = app("/large", 1);
    large.setCpus(4096.0);
    client.createApp(large);

    Deployment deployment = client.getDeployments().getFirst();
    assertThat(deployment.getAffectedApps()).containsExactly("/large");
    assertThat(deployment.getTotalSteps()).isEqualTo(2);
    assertThat(deployment.getSteps().getLast().getActions()).hasSize(1);
    QueueElement waiting =
        LocalCluster.await(
                () ->
                    client.getQueue().getQueue().stream()
                        .filter(element -> element.getApp().getId().equals("/large"))
                        .findFirst(),
                Optional::isPresent,
                "/large is in the queue")
            .orElseThrow();
    assertThat(waiting.getCount()).isEqualTo(1);
    assertThat(waiting.getDelay()).isNotNull();

    App smaller = new App();
    smaller.setCpus(2048.0);
    assertRefused(() -> client.updateApp("/large", smaller, false), 409, "locked");
    client.cancelDeployment(deployment.getId());
    awaitDeployed();
    Result update = client.updateApp("/large", smaller, false);
    assertThat(client.cancelDeploymentAndRollback(update.getDeploymentId()).getDeploymentId())
        .isNotEmpty();
    assertThat(client.getApp("/large").getApp().getCpus()).isEqualTo(4096.0);
    client.deleteApp("/large");
    awaitDeployed();
  }

  @Test
  @Order(8)
  void groupsAreCreatedReadUpdatedAndDeleted() {
    Group group = new Group();
    group.setId("/bank");
    group.setApps(List.of(app("desk", 1), app("vault", 1)));
    assertThat(client.createGroup(group).getVersion()).isNotEmpty();
    awaitTasks("/bank/desk", 1);
    awaitTasks("/bank/vault", 1);

    Group read = client.getGroup("/bank");
    assertThat(read.getId()).isEqualTo("/bank");
    assertThat(read.getApps())
        .extracting(App::getId)
        .containsExactlyInAnyOrder("/bank/desk", "/bank/vault");

    Group update = new Group();
    update.setId("/bank");
    update.setApps(List.of(app("desk", 2)));
    assertThat(client.updateGroup("/bank", false, update).getDeploymentId()).isNotEmpty();
    awaitTasks("/bank/desk", 2);
    assertRefused(() -> client.getApp("/bank/vault"), 404, "does not exist");

    assertThat(client.deleteGroup("/bank", true).getVersion()).isNotEmpty();
    awaitDeployed();
    assertRefused(() -> client.getGroup("/bank"), 404, "does not exist");
  }

  @Test
  @Order(9)
  void theServerSaysWhoItIsAndWhoLeads() {
    GetServerInfoResponse info = client.getServerInfo();

    assertThat(info.getName()).isEqualTo("marathon");
    assertThat(info.getVersion()).startsWith("1.");
    assertThat(info.getElected()).isTrue();
    assertThat(info.getFrameworkId()).isNotEmpty();
    assertThat(info.getMarathon_config().getMaster()).isNotEmpty();
    assertThat(info.getHttp_config()).isNotNull();
    // The client has a class for the answer of /v2/leader, and no call that asks for it.
    assertThat(cluster.get(cluster.services() + "/v2/leader").body().path("leader").asText())
        .isEqualTo(info.getLeader());
  }

  @Test
  @Order(10)
  void refusalsComeWithTheirStatusAndWords() {
    assertRefused(() -> client.getApp("/none"), 404, "App '/none' does not exist");
    assertRefused(() -> client.createApp(app(WEB, 1)), 409, "already exists");
    App bad = app("/Upper", 1);
    assertRefused(() -> client.createApp(bad), 422, "Object is not valid");
    App negative = app("/negative", -1);
    assertRefused(() -> client.createApp(negative), 422, "instances");
  }

  @Test
  @Order(11)
  void callbacksAreGoneSinceMarathonOneFive() {
    assertRefused(() -> client.subscriptions(), 404, "");
    assertRefused(() -> client.register("http://127.0.0.1:1/callback"), 404, "");
    assertRefused(() -> client.unregister("http://127.0.0.1:1/callback"), 404, "");
  }

  @Test
  @Order(12)
  void anAppIsDeleted() {
    assertThat(client.deleteApp(WEB).getDeploymentId()).isNotEmpty();

    awaitDeployed();
    assertRefused(() -> client.getApp(WEB), 404, "does not exist");
  }
}
