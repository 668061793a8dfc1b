package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

class FrameworkStoryTest {
  private final Cluster cluster = new Cluster();

  private FakeScheduler running(FrameworkInfo.Builder info, FakeAgent agent) {
    FakeScheduler scheduler = cluster.subscribe(info);
    Offer offer = scheduler.offer();
    scheduler.accept(List.of(offer), 0, launch(task("t", offer, 1, 128)));
    agent.events();
    return scheduler;
  }

  private String refusal(FrameworkInfo.Builder info, String... suppressed) {
    FakeScheduler refused = cluster.subscribe(info, suppressed);
    assertThat(cluster.closed).contains(refused.stream);
    return refused.events().getFirst().getError().getMessage();
  }

  @Test
  void failoverMovesTheFrameworkToTheNewStream() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeScheduler old = running(Cluster.framework("web"), agent);
    Offer held = old.offer();

    FakeScheduler next = cluster.subscribe(Cluster.framework("web").setId(old.id));

    assertThat(old.events())
        .singleElement()
        .satisfies(
            event -> assertThat(event.getError().getMessage()).isEqualTo("Framework failed over"));
    assertThat(cluster.closed).contains(old.stream);
    assertThat(next.id).isEqualTo(old.id);
    assertThat(next.view().connected()).isTrue();
    assertThat(next.offer().getId()).isNotEqualTo(held.getId());
    assertThat(old.call(Call.Type.REVIVE))
        .isEqualTo(
            new CallAnswer.Refused(
                400,
                "The stream ID '"
                    + old.stream
                    + "' included in this request didn't match the stream ID currently associated"
                    + " with framework ID m-0000"));
  }

  @Test
  void frameworkThatStaysAwayIsRemovedWithItsTasks() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeScheduler scheduler = running(Cluster.framework("web").setFailoverTimeout(60), agent);
    scheduler.offer();
    scheduler.disconnect();
    assertThat(agent.view().offered().isEmpty()).isTrue();
    cluster.advance(Duration.ofSeconds(59));
    assertThat(scheduler.view().tasks()).hasSize(1);

    cluster.advance(Duration.ofSeconds(1));

    assertThat(cluster.snapshot().frameworks()).isEmpty();
    assertThat(cluster.snapshot().completedFrameworks())
        .singleElement()
        .satisfies(view -> {
          assertThat(view.completedTasks().getFirst().state()).isEqualTo(TaskState.TASK_KILLED);
          assertThat(view.unregisteredAt()).isPresent();
        });
    assertThat(agent.events(LinkEvent.Type.SHUTDOWN_FRAMEWORK)).hasSize(1);
    assertThat(agent.view().used().isEmpty()).isTrue();
    assertThat(refusal(Cluster.framework("web").setId(scheduler.id)))
        .isEqualTo("Framework has been removed");
  }

  @Test
  void frameworkWithoutFailoverTimeoutGoesAtOnce() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeScheduler scheduler = running(Cluster.framework("web").clearFailoverTimeout(), agent);

    scheduler.disconnect();
    cluster.advance(Duration.ZERO);

    assertThat(cluster.snapshot().frameworks()).isEmpty();
  }

  @Test
  void frameworkThatComesBackInTimeStays() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeScheduler scheduler = running(Cluster.framework("web").setFailoverTimeout(60), agent);
    scheduler.disconnect();
    assertThat(scheduler.call(Call.Type.REVIVE))
        .isEqualTo(new CallAnswer.Refused(403, "Framework is not subscribed"));
    cluster.advance(Duration.ofSeconds(30));
    cluster.subscribe(Cluster.framework("web").setFailoverTimeout(60).setId(scheduler.id));
    cluster.advance(Duration.ofSeconds(300));
    assertThat(scheduler.view().tasks()).hasSize(1);

    // The timer of the first absence, late, in a second one.
    FrameworkId id = new FrameworkId(scheduler.id.getValue());
    cluster.handle(new MasterCommand.TimerFired(new MasterTimer.FrameworkFailover(id)));
    assertThat(scheduler.view().connected()).isTrue();
  }

  @Test
  void teardownRemovesTheFramework() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeScheduler scheduler = running(Cluster.framework("web"), agent);

    assertThat(scheduler.call(Call.Type.TEARDOWN)).isInstanceOf(CallAnswer.Accepted.class);

    assertThat(cluster.closed).contains(scheduler.stream);
    assertThat(agent.events(LinkEvent.Type.SHUTDOWN_FRAMEWORK)).hasSize(1);
    assertThat(cluster.teardown(new FrameworkId(scheduler.id.getValue())))
        .isEqualTo(new CallAnswer.Refused(400, "No framework found with specified ID"));
  }

  @Test
  void rolesMustFitTheCapabilities() {
    FrameworkInfo.Builder single = FrameworkInfo.newBuilder().setUser("nobody").setName("old");
    assertThat(refusal(roleOf(Cluster.framework("web")))).contains("role' must not be set");
    assertThat(refusal(single.clone().addRoles("web"))).contains("roles' must not be set");
    assertThat(refusal(Cluster.framework("web", "web"))).contains("duplicate");
    assertThat(refusal(Cluster.framework("a//b"))).contains("slash");
    assertThat(refusal(Cluster.framework("web"), "db")).contains("Suppressed roles");
    assertThat(refusal(Cluster.framework("web").setFailoverTimeout(-1))).contains("failover");
    assertThat(cluster.snapshot().frameworks()).isEmpty();

    cluster.registerAgent(4, 1024);
    Offer offer = cluster.subscribe(roleOf(single)).offer();
    assertThat(offer.hasAllocationInfo()).isFalse();
    assertThat(offer.getResources(0).hasAllocationInfo()).isFalse();
  }

  @SuppressWarnings("deprecation")
  private static FrameworkInfo.Builder roleOf(FrameworkInfo.Builder info) {
    return info.setRole("web");
  }

  @Test
  void declinedOffersAreWithheldForAsLongAsAsked() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    // Named twice, and given back once.
    scheduler.decline(60, offer, offer);

    cluster.advance(Duration.ofSeconds(59));
    assertThat(scheduler.offers()).isEmpty();
    cluster.advance(Duration.ofSeconds(1));
    assertThat(scheduler.offers()).hasSize(1);
  }

  @Test
  void reviveEndsFiltersAndSuppression() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    scheduler.decline(3600, scheduler.offer());
    scheduler.call(Call.Type.REVIVE);
    Offer offer = scheduler.offer();

    scheduler.call(Call.Type.SUPPRESS);
    scheduler.decline(0, offer);
    assertThat(scheduler.offers()).isEmpty();
    scheduler.call(
        Call.newBuilder()
            .setType(Call.Type.REVIVE)
            .setRevive(Call.Revive.newBuilder().addRoles("web").addRoles("foreign")));
    assertThat(scheduler.offers()).as("dropped for its foreign role").isEmpty();
    scheduler.call(Call.Type.REVIVE);
    assertThat(scheduler.offers()).hasSize(1);
  }

  @Test
  void updateReplacesRolesAndRescindsTheirOffers() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    scheduler.offer();

    assertThat(scheduler.update(Cluster.framework("db"))).isInstanceOf(CallAnswer.Applied.class);
    assertThat(scheduler.eventTypes()).containsExactly(Event.Type.RESCIND);
    assertThat(scheduler.offer().getAllocationInfo().getRole()).isEqualTo("db");
    assertThat(scheduler.update(Cluster.framework("db").setUser("root")))
        .isInstanceOf(CallAnswer.Refused.class);
  }

  @Test
  void unknownFrameworkAndMissingStreamAreRefused() {
    FakeScheduler scheduler = cluster.subscribe("web");
    Call.Builder call = Call.newBuilder().setType(Call.Type.REVIVE);
    assertThat(cluster.call(java.util.Optional.of(scheduler.stream), call.build()))
        .isEqualTo(new CallAnswer.Refused(400, "Framework cannot be found"));
    assertThat(cluster.call(java.util.Optional.empty(), call.setFrameworkId(scheduler.id).build()))
        .isEqualTo(
            new CallAnswer.Refused(
                400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"));
    assertThat(scheduler.call(Call.Type.UNKNOWN))
        .isEqualTo(new CallAnswer.Refused(501, "Received unknown call type UNKNOWN"));
  }

  @Test
  void agentsOfOneNameAndTwoTypesCanBothBeShown() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent one = cluster.registerAgent(4, 1024);
    FakeAgent two = cluster.registerAgent(4, 1024);
    two.info =
        two.info.toBuilder()
            .setResources(2, Launches.ports(1, 2).toBuilder().setName("disk"))
            .build();
    two.subscribe();
    assertThat(scheduler.offers()).hasSizeGreaterThan(1);
    assertThat(scheduler.view().offered().scalar("cpus").toDouble()).isEqualTo(8);
    assertThat(one.view().connected()).isTrue();
  }
}
