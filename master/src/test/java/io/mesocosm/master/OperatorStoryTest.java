package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.scalar;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.DrainState;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.InverseOffer;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.ReservationInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TimeInfo;
import org.apache.mesos.v1.Protos.Unavailability;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.WeightInfo;
import org.apache.mesos.v1.allocator.Protos.InverseOfferStatus;
import org.apache.mesos.v1.maintenance.Protos.Schedule;
import org.apache.mesos.v1.maintenance.Protos.Window;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What operators decide, and what comes of it. */
class OperatorStoryTest {
  private final Cluster cluster = new Cluster();

  private CallAnswer operator(Call.Builder call) {
    return cluster.operator(call.build());
  }

  private static Value.Scalar amount(double value) {
    return Value.Scalar.newBuilder().setValue(value).build();
  }

  @Nested
  class Quota {
    private CallAnswer update(boolean force, QuotaConfig.Builder... configs) {
      Call.UpdateQuota.Builder update = Call.UpdateQuota.newBuilder().setForce(force);
      List.of(configs).forEach(update::addQuotaConfigs);
      return operator(Call.newBuilder().setType(Call.Type.UPDATE_QUOTA).setUpdateQuota(update));
    }

    @Test
    void aLimitBelowWhatIsOfferedTakesOffersBack() {
      FakeScheduler scheduler = cluster.subscribe("web");
      cluster.registerAgent(4, 1024);
      assertThat(scheduler.offer().getResourcesList()).isNotEmpty();

      CallAnswer answer =
          update(false, QuotaConfig.newBuilder().setRole("web").putLimits("cpus", amount(1)));

      assertThat(answer).isEqualTo(new CallAnswer.Applied());
      assertThat(scheduler.eventTypes()).containsExactly(Event.Type.RESCIND);
      Offer limited = scheduler.offer();
      assertThat(limited.getResourcesList())
          .anySatisfy(resource -> {
            assertThat(resource.getName()).isEqualTo("cpus");
            assertThat(resource.getScalar().getValue()).isEqualTo(1);
          });
    }

    @Test
    void aLimitBelowWhatIsUsedNeedsForce() {
      FakeScheduler scheduler = cluster.subscribe("web");
      cluster.registerAgent(4, 1024);
      Offer offer = scheduler.offer();
      scheduler.accept(offer, launch(task("t", offer, 2, 128)));
      QuotaConfig.Builder quota =
          QuotaConfig.newBuilder().setRole("web").putLimits("cpus", amount(1));

      assertThat(update(false, quota))
          .isInstanceOfSatisfying(
              CallAnswer.Refused.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.text()).contains("web", "cpus", "force");
              });
      assertThat(update(true, quota)).isEqualTo(new CallAnswer.Applied());
    }

    @Test
    void guaranteesBeyondTheClusterAreRefusedWhole() {
      cluster.registerAgent(4, 1024);

      CallAnswer answer =
          update(
              false,
              QuotaConfig.newBuilder().setRole("a").putGuarantees("cpus", amount(3)),
              QuotaConfig.newBuilder().setRole("b").putGuarantees("cpus", amount(2)));

      assertThat(answer).isInstanceOf(CallAnswer.Refused.class);
      assertThat(cluster.snapshot().decisions().quotas()).isEmpty();
    }

    @Test
    void aStoreThatFailsAnswersSoAndTheNextCallGoesOn() {
      cluster.registerAgent(4, 1024);
      QuotaConfig.Builder quota =
          QuotaConfig.newBuilder().setRole("web").putLimits("cpus", amount(1));
      cluster.failNextStore("disk full");

      assertThat(update(false, quota))
          .isInstanceOfSatisfying(
              CallAnswer.Refused.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.text()).contains("disk full");
              });
      assertThat(cluster.snapshot().decisions().quotas()).isEmpty();
      assertThat(update(false, quota)).isEqualTo(new CallAnswer.Applied());
      assertThat(cluster.snapshot().decisions().quotas()).containsOnlyKeys("web");
    }
  }

  @Nested
  class Maintenance {
    private final Unavailability soon =
        Unavailability.newBuilder()
            .setStart(TimeInfo.newBuilder().setNanoseconds(1_900_000_000_000_000_000L))
            .setDuration(DurationInfo.newBuilder().setNanoseconds(3_600_000_000_000L))
            .build();

    private CallAnswer schedule(String... hostnames) {
      Schedule.Builder schedule = Schedule.newBuilder();
      if (hostnames.length > 0) {
        Window.Builder window = Window.newBuilder().setUnavailability(soon);
        List.of(hostnames).forEach(name -> window.addMachineIds(machine(name)));
        schedule.addWindows(window);
      }
      return operator(
          Call.newBuilder()
              .setType(Call.Type.UPDATE_MAINTENANCE_SCHEDULE)
              .setUpdateMaintenanceSchedule(
                  Call.UpdateMaintenanceSchedule.newBuilder().setSchedule(schedule)));
    }

    private static MachineID machine(String hostname) {
      return MachineID.newBuilder().setHostname(hostname).build();
    }

    private CallAnswer start(String hostname) {
      return operator(
          Call.newBuilder()
              .setType(Call.Type.START_MAINTENANCE)
              .setStartMaintenance(
                  Call.StartMaintenance.newBuilder().addMachines(machine(hostname))));
    }

    private CallAnswer stop(String hostname) {
      return operator(
          Call.newBuilder()
              .setType(Call.Type.STOP_MAINTENANCE)
              .setStopMaintenance(
                  Call.StopMaintenance.newBuilder().addMachines(machine(hostname))));
    }

    @Test
    void aScheduleRescindsOffersAndAsksThoseWhoHoldSomethingToLeave() {
      FakeScheduler scheduler = cluster.subscribe("web");
      FakeAgent agent = cluster.registerAgent("rack1", 4, 1024);
      Offer offer = scheduler.offer();
      scheduler.accept(offer, launch(task("t", offer, 1, 128)));
      scheduler.events();

      assertThat(schedule("RACK1")).isEqualTo(new CallAnswer.Applied());
      cluster.advance(Cluster.ALLOCATION);
      List<Event> events = scheduler.events();

      List<InverseOffer> asked =
          events.stream()
              .flatMap(event -> event.getInverseOffers().getInverseOffersList().stream())
              .toList();
      assertThat(asked).hasSize(1);
      assertThat(asked.getFirst().getAgentId()).isEqualTo(agent.id());
      assertThat(asked.getFirst().getUnavailability()).isEqualTo(soon);

      scheduler.call(
          org.apache.mesos.v1.scheduler.Protos.Call.newBuilder()
              .setType(org.apache.mesos.v1.scheduler.Protos.Call.Type.DECLINE_INVERSE_OFFERS)
              .setDeclineInverseOffers(
                  org.apache.mesos.v1.scheduler.Protos.Call.DeclineInverseOffers.newBuilder()
                      .addInverseOfferIds(asked.getFirst().getId())
                      .setFilters(Filters.newBuilder().setRefuseSeconds(60))));
      assertThat(cluster.snapshot().decisions().inverseOffers().get(agent.modelId()))
          .extracting(InverseOfferStatus::getStatus)
          .containsExactly(InverseOfferStatus.Status.DECLINE);
      cluster.advance(Duration.ofSeconds(59));
      assertThat(scheduler.eventTypes()).doesNotContain(Event.Type.INVERSE_OFFERS);
      cluster.advance(Duration.ofSeconds(2));
      assertThat(scheduler.eventTypes()).contains(Event.Type.INVERSE_OFFERS);
    }

    @Test
    void aMachineGoesDownAndUpAgain() {
      FakeAgent agent = cluster.registerAgent("rack1", 4, 1024);
      assertThat(start("rack1")).isInstanceOf(CallAnswer.Refused.class);
      schedule("rack1");
      assertThat(start("rack1")).isEqualTo(new CallAnswer.Applied());

      assertThat(agent.events(LinkEvent.Type.SHUTDOWN)).hasSize(1);
      assertThat(cluster.snapshot().agents()).isEmpty();
      FakeAgent again = cluster.registerAgent("rack1", 4, 1024);
      assertThat(again.events(LinkEvent.Type.SHUTDOWN))
          .as("a machine that is down may not register")
          .hasSize(1);
      assertThat(schedule())
          .as("a down machine stays scheduled")
          .isInstanceOf(CallAnswer.Refused.class);

      assertThat(stop("rack1")).isEqualTo(new CallAnswer.Applied());
      cluster.registerAgent("rack1", 4, 1024);
      assertThat(cluster.snapshot().agents()).hasSize(1);
      assertThat(cluster.snapshot().decisions().schedule().getWindowsCount()).isZero();
    }
  }

  @Nested
  class Draining {
    private CallAnswer drain(FakeAgent agent, boolean markGone) {
      return operator(
          Call.newBuilder()
              .setType(Call.Type.DRAIN_AGENT)
              .setDrainAgent(
                  Call.DrainAgent.newBuilder().setAgentId(agent.id()).setMarkGone(markGone)));
    }

    private CallAnswer reactivate(FakeAgent agent) {
      return operator(
          Call.newBuilder()
              .setType(Call.Type.REACTIVATE_AGENT)
              .setReactivateAgent(Call.ReactivateAgent.newBuilder().setAgentId(agent.id())));
    }

    @Test
    void anAgentIsDrainedWhenItsLastTaskIsAcknowledged() {
      FakeScheduler scheduler = cluster.subscribe("web");
      FakeAgent agent = cluster.registerAgent(4, 1024);
      Offer offer = scheduler.offer();
      scheduler.accept(offer, launch(task("t", offer, 1, 128)));

      assertThat(drain(agent, false)).isEqualTo(new CallAnswer.Applied());
      assertThat(agent.events(LinkEvent.Type.DRAIN)).hasSize(1);
      assertThat(state(agent)).isEqualTo(DrainState.DRAINING);
      assertThat(reactivate(agent)).isInstanceOf(CallAnswer.Refused.class);

      TaskStatus killed = agent.update(scheduler, "t", TaskState.TASK_KILLED);
      scheduler.acknowledge(killed);
      assertThat(state(agent)).isEqualTo(DrainState.DRAINED);
      scheduler.events();
      assertThat(scheduler.offers()).as("a drained agent is not offered").isEmpty();

      agent.disconnect();
      agent.subscribe();
      assertThat(state(agent)).isEqualTo(DrainState.DRAINED);
      assertThat(reactivate(agent)).isEqualTo(new CallAnswer.Applied());
      assertThat(scheduler.offers()).hasSize(1);
    }

    @Test
    void anAgentDrainedToBeGoneNeverComesBack() {
      FakeAgent agent = cluster.registerAgent(4, 1024);
      drain(agent, true);

      assertThat(cluster.snapshot().agents()).isEmpty();
      assertThat(cluster.snapshot().decisions().goneAgents()).containsKey(agent.modelId());
      agent.subscribe();
      assertThat(agent.events(LinkEvent.Type.SHUTDOWN)).isNotEmpty();
      assertThat(reactivate(agent))
          .isInstanceOfSatisfying(
              CallAnswer.Refused.class, refused -> assertThat(refused.status()).isEqualTo(409));
    }

    @Test
    void markGoneTellsThoseWhoCanHearIt() {
      FakeScheduler aware = cluster.subscribe(Cluster.partitionAware("web"));
      FakeAgent agent = cluster.registerAgent(4, 1024);
      Offer offer = aware.offer();
      aware.accept(offer, launch(task("t", offer, 1, 128)));
      aware.events();

      CallAnswer answer =
          operator(
              Call.newBuilder()
                  .setType(Call.Type.MARK_AGENT_GONE)
                  .setMarkAgentGone(Call.MarkAgentGone.newBuilder().setAgentId(agent.id())));

      assertThat(answer).isEqualTo(new CallAnswer.Applied());
      assertThat(aware.statuses())
          .extracting(TaskStatus::getState)
          .containsExactly(TaskState.TASK_GONE_BY_OPERATOR);
    }

    private DrainState state(FakeAgent agent) {
      return agent.view().drain().orElseThrow().getState();
    }
  }

  @Test
  void weightsTakeOffersBackAndPersist() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    assertThat(scheduler.offers()).hasSize(1);

    operator(
        Call.newBuilder()
            .setType(Call.Type.UPDATE_WEIGHTS)
            .setUpdateWeights(
                Call.UpdateWeights.newBuilder()
                    .addWeightInfos(WeightInfo.newBuilder().setRole("web").setWeight(2.5))));

    assertThat(scheduler.eventTypes()).containsExactly(Event.Type.RESCIND);
    assertThat(cluster.snapshot().decisions().weights()).containsEntry("web", 2.5);
    assertThat(cluster.stored).containsKey("weights");
  }

  @Test
  void reservingWhatIsOfferedTakesTheOfferBackFirst() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    assertThat(scheduler.offers()).hasSize(1);
    Resource reserved =
        scalar("cpus", 2).toBuilder()
            .addReservations(
                ReservationInfo.newBuilder()
                    .setType(ReservationInfo.Type.DYNAMIC)
                    .setRole("database"))
            .build();

    CallAnswer answer =
        operator(
            Call.newBuilder()
                .setType(Call.Type.RESERVE_RESOURCES)
                .setReserveResources(
                    Call.ReserveResources.newBuilder()
                        .setAgentId(agent.id())
                        .addResources(reserved)));

    assertThat(answer).isEqualTo(new CallAnswer.Accepted());
    assertThat(scheduler.eventTypes()).containsExactly(Event.Type.RESCIND);
    assertThat(agent.events(LinkEvent.Type.APPLY_OPERATION)).hasSize(1);
    assertThat(scheduler.offer().getResourcesList())
        .anySatisfy(resource -> {
          assertThat(resource.getName()).isEqualTo("cpus");
          assertThat(resource.getScalar().getValue()).isEqualTo(2);
        });
  }
}
