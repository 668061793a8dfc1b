package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.PodLaunches.Draft;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;

class PodMatcherTest {
  private final OfferMatcher matcher =
      new OfferMatcher(
          new ResourceRules("*", ResourceRules.Accepted.ANY, true),
          "",
          "",
          "mesos-bridge",
          new SplittableRandom(1));
  private final Draft web = new Draft("web");
  private final Draft side = new Draft("side");

  private static Offer.Builder offer(double cpus) {
    Offer.Builder offer = Offer.newBuilder().setHostname("h1");
    offer.getIdBuilder().setValue("o1");
    offer.getFrameworkIdBuilder().setValue("f1");
    offer.getAgentIdBuilder().setValue("a1");
    offer.getAllocationInfoBuilder().setRole("*");
    scalar(offer, "cpus", cpus);
    scalar(offer, "mem", 1000);
    scalar(offer, "disk", 100);
    Resource.Builder ports = offer.addResourcesBuilder().setName("ports");
    ports.setType(Value.Type.RANGES).getAllocationInfoBuilder().setRole("*");
    ports.getRangesBuilder().addRangeBuilder().setBegin(8000).setEnd(8002);
    return offer;
  }

  private static void scalar(Offer.Builder offer, String name, double amount) {
    Resource.Builder resource = offer.addResourcesBuilder().setName(name);
    resource.setType(Value.Type.SCALAR).getScalarBuilder().setValue(amount);
    resource.getAllocationInfoBuilder().setRole("*");
  }

  private PodDefinition pod() {
    return PodLaunches.pod(List.of(PodLaunches.HOST), List.of(), web, side);
  }

  private static PodDefinition with(PodDefinition pod, Constraint constraint) {
    Scheduling usual = Scheduling.USUAL;
    Scheduling scheduling =
        new Scheduling(
            1,
            usual.backoff(),
            usual.backoffFactor(),
            usual.maxLaunchDelay(),
            usual.launchLimit(),
            usual.upgrade(),
            List.of(constraint),
            List.of(),
            usual.killSelection(),
            usual.unreachableStrategy());
    return new PodDefinition(
        pod.id(),
        pod.user(),
        pod.role(),
        pod.labels(),
        pod.env(),
        pod.secretEnv(),
        pod.secrets(),
        pod.containers(),
        pod.volumes(),
        pod.networks(),
        scheduling,
        pod.executorResources(),
        pod.linuxInfo(),
        pod.legacySharedCgroups(),
        pod.version(),
        pod.versionInfo());
  }

  private MatchResult match(Offer.Builder offer, PodDefinition pod) {
    InstanceId instance = new InstanceId(pod.id(), PodLaunches.UUID);
    return matcher.match(OfferedAgent.of(offer.build()), pod, instance, Placed.NOWHERE, false);
  }

  private MatchResult.Match matched(Offer.Builder offer, PodDefinition pod) {
    return (MatchResult.Match) match(offer, pod);
  }

  private List<String> refused(Offer.Builder offer, PodDefinition pod) {
    return ((MatchResult.Refusals) match(offer, pod))
        .refusals().stream().map(Refusal::text).toList();
  }

  @Test
  void aMatchIsOneGroupWithATaskForEachContainer() {
    MatchResult.Match match = matched(offer(4), pod());

    assertThat(match.operations()).hasSize(1);
    Operation operation = match.operations().getFirst();
    assertThat(operation.getType()).isEqualTo(Operation.Type.LAUNCH_GROUP);
    assertThat(operation.getLaunchGroup().getExecutor().getFrameworkId().getValue())
        .isEqualTo("f1");
    String id = "shop_pod.instance-" + PodLaunches.UUID;
    assertThat(match.taskIdsByContainer())
        .isEqualTo(Map.of("web", id + ".web.1", "side", id + ".side.1"))
        .containsOnlyKeys("web", "side");
    assertThat(match.taskIdsByContainer().firstEntry().getKey()).isEqualTo("web");
    assertThat(operation.getLaunchGroup().getTaskGroup().getTasksList())
        .extracting(TaskInfo::getName)
        .containsExactly("web", "side");
  }

  @Test
  void whatAllContainersAndTheExecutorTakeIsNotLeft() {
    MatchResult.Match match = matched(offer(4), pod());

    assertThat(match.left().resources().scalar("cpus").toDouble()).isEqualTo(2.9);
    assertThat(match.left().resources().scalar("mem").toDouble()).isEqualTo(840);
    assertThat(match.left().resources().scalar("disk").toDouble()).isEqualTo(90);
  }

  @Test
  void hostPortsAreThoseOfTheEndpointsInTheirOrder() {
    web.endpoints =
        List.of(
            PodLaunches.endpoint("a", Optional.empty(), Optional.of(8002)),
            PodLaunches.endpoint("b", Optional.empty(), Optional.empty()));
    side.endpoints = List.of(PodLaunches.endpoint("c", Optional.empty(), Optional.of(8000)));

    MatchResult.Match match = matched(offer(4), pod());

    assertThat(match.placement().hostPorts()).containsExactly(8002, 0, 8000);
    assertThat(match.left().resources().ranges("ports").size()).isEqualTo(1);
  }

  @Test
  void allThatStandsAgainstItIsTold() {
    side.endpoints = List.of(PodLaunches.endpoint("c", Optional.empty(), Optional.of(9000)));
    Constraint elsewhere = new Constraint("hostname", Constraint.Operator.LIKE, Optional.of("h2"));

    assertThat(refused(offer(1), with(pod(), elsewhere)))
        .containsExactly(
            "constraint hostname LIKE h2: h1 does not match",
            "needs cpus 1.1, offer has 1",
            "needs ports 9000, offer has [8000-8002]");
  }

  @Test
  void agentsWithGpusAreKeptForThoseThatNeedThem() {
    Offer.Builder offer = offer(4);
    scalar(offer, "gpus", 2);

    assertThat(refused(offer, pod()))
        .containsExactly("needs no gpus, offer has 2 kept for those that do");
  }

  @Test
  void offersForAnotherRoleAreRefused() {
    Offer.Builder offer = offer(4);
    offer.getAllocationInfoBuilder().setRole("other");

    assertThat(refused(offer, pod())).containsExactly("needs role *, offer is for role other");
  }
}
