package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.explain.Cluster;
import io.mesocosm.services.explain.Explainer;
import io.mesocosm.services.explain.Explanation;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

/** Why apps do not run as wanted, told of a core that lives through it. */
class ExplainedTest {
  private static final AppId WEB = new AppId("/web");

  private final World world = World.ready();

  private static AppDefinitionBuilder web(int instances) {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of("run"))
        .role(Optional.of("*"))
        .cpus(1)
        .mem(100)
        .instances(instances);
  }

  private Explanation explained() {
    return explained(Optional.empty());
  }

  private Explanation explained(Optional<Cluster> cluster) {
    return new Explainer(world.core.snapshot(), cluster, world.now).explain(world.view(WEB));
  }

  private static SortedMap<String, Scalar> amounts(double cpus, double mem) {
    return new TreeMap<>(Map.of("cpus", Scalar.of(cpus), "mem", Scalar.of(mem)));
  }

  private static Cluster cluster(SortedMap<String, Cluster.Quota> quotas, String... hosts) {
    return new Cluster(
        java.util.Arrays.stream(hosts)
            .map(host -> new Cluster.Agent("agent-" + host, host, true, amounts(4, 5000)))
            .toList(),
        quotas);
  }

  @Test
  void anAppThatWaitsForNothingSaysSo() {
    world.create(web(1).build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);

    Explanation explanation = explained();

    assertThat(explanation.summary())
        .isEqualTo("/web waits for no offer: of 1 wanted 1 run, and nothing is missing");
    assertThat(explanation.agents()).isEmpty();
    assertThat(explanation.suggestions()).isEmpty();
  }

  @Test
  void everyReasonOfEveryAgentIsTold() {
    world.create(
        web(2)
            .mem(4096)
            .constraints(
                List.of(
                    new Constraint("rack", Constraint.Operator.IS, Optional.of("r1")),
                    new Constraint("hostname", Constraint.Operator.UNIQUE, Optional.empty())))
            .build());
    world.offer("a", 0.5, 1000);
    world.offer("b", 4, 2000);

    Explanation explanation = explained();

    assertThat(explanation.summary())
        .isEqualTo("/web waits to launch 2: UnfulfilledConstraint on 2 of 2 agents");
    assertThat(explanation.agents())
        .extracting(Explanation.Refusing::hostname)
        .containsExactly("a", "b");
    assertThat(explanation.agents().getFirst().refusals())
        .extracting(refusal -> refusal.text())
        .containsExactly(
            "constraint rack IS r1: a has no rack",
            "needs cpus 1, offer has 0.5",
            "needs mem 4096, offer has 1000");
    assertThat(explanation.agents().getFirst().refusals().getLast().missing())
        .hasValueSatisfying(missing -> assertThat(missing).isEqualByComparingTo("3096"));
    assertThat(explanation.suggestions())
        .extracting(Explanation.Suggestion::text)
        .containsExactly(
            "without constraint rack IS r1 (no agent has one) and with cpus 0.5 instead of 1 and"
                + " with mem 1000 instead of 4096 it would fit",
            "without constraint rack IS r1 (no agent has one) and with mem 2000 instead of 4096 it"
                + " would fit");
  }

  @Test
  void whatIsSuggestedFitsWhenItIsDone() {
    world.create(web(2).mem(4096).build());
    world.offer("a", 4, 2000);
    world.offer("b", 4, 3000);
    assertThat(explained().suggestions())
        .extracting(Explanation.Suggestion::text)
        .first()
        .isEqualTo("with mem 2000 instead of 4096 it would fit");

    world.change(web(2).mem(2000).build(), true);
    world.offer("a", 4, 2000);
    world.offer("b", 4, 3000);

    assertThat(world.instances(WEB)).hasSize(2);
  }

  @Test
  void offersThatAreTooOldSayNothing() {
    world.create(web(1).mem(4096).build());
    world.offer("a", 4, 1000);
    world.pass(Duration.ofSeconds(240));
    assertThat(explained().agents()).hasSize(1);

    world.pass(Duration.ofSeconds(1));

    assertThat(explained().agents()).isEmpty();
    assertThat(explained().summary()).contains("no offer came since").contains("did not fit");
    world.offer("b", 4, 1000);
    assertThat(explained().agents())
        .extracting(Explanation.Refusing::hostname)
        .containsExactly("b");
    assertThat(world.view(WEB).waiting().orElseThrow().lastOffers()).hasSize(1);
  }

  @Test
  void anAgentThatIsGoneIsForgottenAndAnExecutorIsNoAgent() {
    world.create(web(1).mem(4096).build());
    world.offer("a", 4, 1000);
    Event.Builder executor = Event.newBuilder().setType(Event.Type.FAILURE);
    executor.getFailureBuilder().getAgentIdBuilder().setValue("agent-a");
    executor.getFailureBuilder().getExecutorIdBuilder().setValue("e");
    world.handle(new ServicesCommand.SchedulerEvent(executor.build()));
    assertThat(explained().agents()).hasSize(1);

    Event.Builder failure = Event.newBuilder().setType(Event.Type.FAILURE);
    failure.getFailureBuilder().getAgentIdBuilder().setValue("agent-a");
    world.handle(new ServicesCommand.SchedulerEvent(failure.build()));

    assertThat(explained().agents()).isEmpty();
  }

  @Test
  void backOffIsToldWithWhatCausedIt() {
    world.create(web(1).build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_FAILED);

    Explanation explanation = explained();

    assertThat(explanation.delayUntil()).contains(world.now.plusSeconds(1));
    assertThat(explanation.summary())
        .isEqualTo(
            "/web waits to launch 1: it backs off until 2026-01-02T03:04:06Z, because an instance"
                + " ended by itself at 2026-01-02T03:04:05Z on a with TASK_FAILED: because");
    assertThat(explanation.lastFailure().orElseThrow().host()).isEqualTo("a");
  }

  @Test
  void agentsThatWereNeverOfferedAreNotForgotten() {
    world.create(web(1).mem(4096).build());
    world.offer("a", 4, 1000);

    Explanation explanation = explained(Optional.of(cluster(new TreeMap<>(), "a", "b", "c")));

    assertThat(explanation.reach().orElseThrow().notOffered()).containsExactly("b", "c");
    assertThat(explanation.reach().orElseThrow().text())
        .startsWith("3 active agents at the master, 1 of them offered in this wait");
    assertThat(explanation.suggestions())
        .extracting(Explanation.Suggestion::text)
        .containsExactly(
            "with mem 1000 instead of 4096 it would fit",
            "with 1 more agent of the size of a there are resources for all that wait");
  }

  @Test
  void anAppThatNoAgentCouldEverHoldIsToldSo() {
    world.create(web(1).mem(9000).build());

    Explanation explanation = explained(Optional.of(cluster(new TreeMap<>(), "a")));

    assertThat(explanation.summary())
        .isEqualTo("/web waits to launch 1: no offer came since 2026-01-02T03:04:05Z");
    assertThat(explanation.suggestions())
        .extracting(Explanation.Suggestion::text)
        .containsExactly(
            "no agent of the master is large enough, even when empty, for cpus 1 (the most that an"
                + " agent has is 4), mem 9000 (the most that an agent has is 5000): ask for less,"
                + " or add larger agents");
  }

  @Test
  void aQuotaThatIsUsedUpIsTheReason() {
    world.create(web(2).role(Optional.of("dev/web")).build());
    SortedMap<String, Scalar> limits = new TreeMap<>(Map.of("cpus", Scalar.of(2)));
    Cluster cluster =
        cluster(new TreeMap<>(Map.of("dev", new Cluster.Quota(limits, amounts(2, 10)))), "a");

    Explanation explanation = explained(Optional.of(cluster));

    assertThat(explanation.quota().orElseThrow().role()).isEqualTo("dev");
    assertThat(explanation.summary())
        .isEqualTo(
            "/web waits to launch 2: role dev has cpus 2 of 2: too little cpus is left for an"
                + " instance, so no offers of it come");
    assertThat(explanation.suggestions())
        .extracting(Explanation.Suggestion::text)
        .contains(
            "with a quota limit for role dev of cpus 4 instead of 2 all that wait could be offered"
                + " for");
  }

  @Test
  void anotherRolesOfferDoesNotHideWhatIsKnownOfAnAgent() {
    world.create(web(1).mem(4096).role(Optional.of("dev")).build());
    world.offer("a", 4, 1000);

    assertThat(explained().suggestions())
        .extracting(Explanation.Suggestion::text)
        .containsExactly("with role * instead of dev it would be looked at there at all");
  }

  @Test
  void aDeploymentSaysWhatItsStepWaitsFor() {
    world.create(web(2).healthChecks(List.of(aliveOnItsFirstPort())).build());
    world.offer("a", 1, 1000);
    Instance instance = world.instances(WEB).getFirst();
    world.update(instance, TaskState.TASK_RUNNING);

    Explanation explanation = explained();

    assertThat(explanation.deployments()).hasSize(1);
    Explanation.DeploymentWait wait = explanation.deployments().getFirst();
    assertThat(wait.step()).isEqualTo(2);
    assertThat(wait.of()).isEqualTo(2);
    assertThat(wait.waitsFor())
        .containsExactly(
            "/web: 1 of 2 instances to be launched",
            "instance " + instance.id() + " runs, and its health is not known yet");
  }

  @Test
  void aDeploymentThatWaitsForRoutersSaysSo() {
    world.create(web(1).upgradeStrategy(new UpgradeStrategy(1, 1, true)).build());
    world.offer("a", 4, 1000);
    Instance instance = world.instances(WEB).getFirst();
    world.update(instance, TaskState.TASK_RUNNING);

    assertThat(explained().deployments().getFirst().waitsFor())
        .singleElement()
        .asString()
        .startsWith("instance " + instance.id() + " waits for a router to show ");
  }

  @Test
  void anInstanceThatAReadinessCheckFindsNotReadyIsNamedWithTheAnswer() {
    ReadinessCheck check =
        new ReadinessCheck(
            "warm",
            false,
            "/",
            "http",
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            new TreeSet<>(List.of(200)),
            true);
    world.create(web(1).readinessChecks(List.of(check)).build());
    world.offer("a", 4, 1000);
    Instance instance = world.instances(WEB).getFirst();
    world.update(instance, TaskState.TASK_RUNNING);
    world.handle(
        new ServicesCommand.ReadinessReported(
            instance.id(),
            "warm",
            false,
            Optional.of(new ReadinessResult.Response(503, "", "wait"))));

    assertThat(explained().deployments().getFirst().waitsFor())
        .containsExactly(
            "instance "
                + instance.id()
                + " is not ready by its readiness check warm: it answered 503");
  }

  @Test
  void instancesThatHoldTheirPlaceAreTold() {
    world.create(web(1).build());
    world.offer("a", 4, 1000);
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_STAGING);

    Explanation explanation = explained();

    assertThat(explanation.instances()).hasSize(1);
    assertThat(explanation.instances().getFirst().text())
        .isEqualTo("is being brought to its agent since 2026-01-02T03:04:05Z");
    assertThat(explanation.summary())
        .contains("of 1 wanted 0 run; instance ")
        .contains("on a is being brought to its agent")
        .contains("is at step 2 of 2");
  }

  @Test
  void anInstanceThatIsUnreachableSaysWhenItIsReplaced() {
    world.create(
        web(1)
            .unreachableStrategy(
                new UnreachableStrategy.Enabled(Duration.ofMinutes(5), Duration.ofMinutes(10)))
            .build());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_UNREACHABLE);

    assertThat(explained().instances())
        .extracting(Explanation.InstanceDoubt::text)
        .containsExactly(
            "is unreachable since 2026-01-02T03:04:05Z; it is replaced from 2026-01-02T03:09:05Z"
                + " on");
  }

  @Test
  void anAppThatFailedTooOftenSaysThatItIsHalted() {
    world.create(web(1).launchLimit(new LaunchLimit(1, false)).build());
    world.offer("a", 4, 1000);
    world.update(world.instances(WEB).getFirst(), TaskState.TASK_FAILED);

    Explanation explanation = explained();

    assertThat(explanation.haltedBecause()).isPresent();
    assertThat(explanation.summary()).startsWith("/web does not launch 1 any more: ");
    assertThat(explanation.suggestions()).isEmpty();
  }

  @Test
  void withoutAMasterThereAreNoOffers() {
    world.create(web(1).build());
    world.handle(new ServicesCommand.SchedulerDisconnected("lost"));
    assertThat(explained().summary()).contains("is not connected to a master");
  }

  @Test
  void aThousandAgentsAreToldInFewEntriesAndSoon() {
    world.create(web(5000).mem(4096).build());
    for (int i = 0; i < 1000; i++) {
      world.offer("h" + i, 4, 1000 + i % 7);
    }

    Explanation explanation = explained();

    assertThat(explanation.agents()).hasSize(1);
    assertThat(explanation.agents().getFirst().agents()).isEqualTo(1000);
    assertThat(explanation.summary())
        .isEqualTo("/web waits to launch 5000: InsufficientMemory on 1000 of 1000 agents");
    assertThat(explanation.suggestions())
        .extracting(Explanation.Suggestion::text)
        .contains("with mem 1000 instead of 4096 it would fit");
  }

  private static HealthCheck aliveOnItsFirstPort() {
    return new HealthCheck(
        HealthCheck.Kind.HTTP,
        Optional.of("/"),
        Optional.of(0),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(300),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        2,
        Duration.ZERO,
        false);
  }
}
