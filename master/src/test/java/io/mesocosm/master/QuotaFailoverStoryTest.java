package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A role never has more than its limit, though a new master does not know yet what agents run. */
class QuotaFailoverStoryTest {
  private static final Duration SILENCE = Duration.ofSeconds(75);

  private final Cluster before = new Cluster();
  private final FakeScheduler web = before.subscribe("web");
  private final FakeAgent a = before.registerAgent("a", 4, 1024);

  private void launched(FakeAgent agent, double cpus) {
    List<Offer> offers =
        web.offers().stream().filter(offer -> offer.getAgentId().equals(agent.id())).toList();
    web.accept(offers, 0, launch(task("t" + agent.info.getHostname(), offers.getFirst(), cpus, 8)));
    TaskInfo task = agent.launched().getFirst();
    agent.runs(web, task, TaskState.TASK_RUNNING);
    web.events();
  }

  private static void quota(Cluster cluster, QuotaConfig.Builder config) {
    assertThat(
            cluster.operator(
                Call.newBuilder()
                    .setType(Call.Type.UPDATE_QUOTA)
                    .setUpdateQuota(
                        Call.UpdateQuota.newBuilder().setForce(true).addQuotaConfigs(config))
                    .build()))
        .isEqualTo(new CallAnswer.Applied());
  }

  private static QuotaConfig.Builder limit(double cpus) {
    return QuotaConfig.newBuilder().setRole("web").putLimits("cpus", amount(cpus));
  }

  private static Value.Scalar amount(double value) {
    return Value.Scalar.newBuilder().setValue(value).build();
  }

  private FakeScheduler failedOver(Cluster next) {
    return next.subscribe(Cluster.framework("web").setId(web.id));
  }

  private static double cpus(List<Offer> offers) {
    return offers.stream()
        .flatMap(offer -> offer.getResourcesList().stream())
        .filter(resource -> resource.getName().equals("cpus"))
        .map(Resource::getScalar)
        .mapToDouble(Value.Scalar::getValue)
        .sum();
  }

  private static double taken(FakeScheduler scheduler) {
    MasterSnapshot.FrameworkView view = scheduler.view();
    return view.used().scalar("cpus").toDouble() + view.offered().scalar("cpus").toDouble();
  }

  @Test
  void limitsAllowForWhatExpectedAgentsMayRun() {
    launched(a, 1);
    FakeAgent b = before.registerAgent("b", 4, 1024);
    before.registerAgent("c", 4, 1024);
    quota(before, limit(6));
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);

    a.movedTo(next).subscribe();
    assertThat(cpus(same.offers())).as("b and c may run all of the 6").isZero();
    b.movedTo(next).subscribe();
    assertThat(cpus(same.offers())).as("c may run 4, a runs 1").isEqualTo(1);

    next.advance(Cluster.PATIENCE);
    assertThat(taken(same)).as("c is given up").isEqualTo(6);
  }

  @Test
  void limitsAreRaisedForManyAgentsTogetherAndSoon() {
    List<FakeAgent> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(before.registerAgent("b" + i, 4, 1024));
    }
    quota(before, limit(1000));
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    others.forEach(agent -> agent.movedTo(next).subscribe());
    a.movedTo(next).subscribe();

    next.advance(Duration.ofSeconds(2));

    assertThat(taken(same)).isEqualTo(84);
    assertThat(next.timers).doesNotContainKey(new MasterTimer.QuotaLimitsDue());
  }

  @Test
  void othersAreOfferedWhatIsThere() {
    before.registerAgent("b", 4, 1024);
    quota(before, limit(3));
    Cluster next = before.successor();
    FakeScheduler db = next.subscribe("db");

    a.movedTo(next).subscribe();

    assertThat(cpus(db.offers())).isEqualTo(4);
  }

  @Test
  void guaranteesAreKeptFreeMeanwhile() {
    before.registerAgent("b", 4, 1024);
    quota(before, limit(3).putGuarantees("cpus", amount(3)));
    Cluster next = before.successor();
    FakeScheduler db = next.subscribe("db");
    FakeScheduler same = failedOver(next);

    a.movedTo(next).subscribe();
    assertThat(cpus(db.offers())).isEqualTo(1);
    assertThat(cpus(same.offers())).isZero();

    next.advance(Cluster.PATIENCE);
    assertThat(taken(same)).isEqualTo(3);
  }

  @Test
  void limitThatIsSetMeanwhileAllowsForThemToo() {
    FakeAgent b = before.registerAgent("b", 4, 1024);
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    a.movedTo(next).subscribe();
    assertThat(cpus(same.offers())).isEqualTo(4);

    quota(next, limit(5));
    assertThat(same.eventTypes()).containsExactly(Event.Type.RESCIND);
    assertThat(cpus(same.offers())).isEqualTo(1);

    b.movedTo(next).subscribe();
    next.advance(Duration.ofSeconds(2));
    assertThat(taken(same)).isEqualTo(5);
  }

  @Test
  void whatALostAgentBringsBackTakesOffersBack() {
    launched(a, 3);
    quota(before, limit(5));
    a.disconnect();
    before.advance(SILENCE);
    before.registerAgent("b", 8, 1024);
    before.advance(Cluster.ALLOCATION);
    web.events();
    assertThat(taken(web)).isEqualTo(5);

    a.subscribe();

    assertThat(web.eventTypes()).contains(Event.Type.RESCIND);
    assertThat(taken(web)).isEqualTo(3);
    before.advance(Cluster.ALLOCATION);
    assertThat(taken(web)).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void limitHoldsAtEveryInstant(long seed) {
    Random random = new Random(seed);
    List<FakeAgent> agents = new ArrayList<>(List.of(a));
    launched(a, 1 + random.nextInt(3));
    double used = web.view().used().scalar("cpus").toDouble();
    while (agents.size() < 10) {
      FakeAgent agent = before.registerAgent("b" + agents.size(), 1 + random.nextInt(6), 1024);
      launched(agent, 1);
      used++;
      agents.add(agent);
    }
    double limit = used + random.nextInt(10);
    quota(before, limit(limit));
    Cluster next = before.successor();
    FakeScheduler same = failedOver(next);
    int tasks = 0;
    while (!agents.isEmpty()) {
      agents.remove(random.nextInt(agents.size())).movedTo(next).subscribe();
      assertThat(taken(same)).isLessThanOrEqualTo(limit);
      if (random.nextBoolean()) {
        for (Offer offer : same.offers()) {
          double cpus = cpus(List.of(offer));
          if (cpus > 0) {
            same.accept(List.of(offer), 0, launch(task("n" + tasks++, offer, cpus, 8)));
          }
        }
      }
      next.advance(Duration.ofMillis(random.nextInt(1500)));
      assertThat(taken(same)).isLessThanOrEqualTo(limit);
    }
    next.advance(Duration.ofSeconds(10));
    assertThat(taken(same)).as("the limit is reached in the end").isEqualTo(limit);
  }
}
