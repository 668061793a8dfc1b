package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.matching.ResourceRules.Accepted;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;

class ResourceRulesTest {
  private static AppDefinitionBuilder app() {
    return AppDefinition.builder(new AppId("/a")).cmd(Optional.of("run"));
  }

  /** 4 cpus for everybody, and half a one for ops, in the form for frameworks like ours. */
  @SuppressWarnings("deprecation")
  private static Offer.Builder offer() {
    Offer.Builder offer = Offer.newBuilder().setHostname("h1");
    offer.getIdBuilder().setValue("o1");
    offer.getFrameworkIdBuilder().setValue("f1");
    offer.getAgentIdBuilder().setValue("a1");
    offer.getAllocationInfoBuilder().setRole("ops");
    scalar(offer, "cpus", 4);
    scalar(offer, "cpus", 0.5).setRole("ops");
    return offer;
  }

  private static Resource.Builder scalar(Offer.Builder offer, String name, double amount) {
    Resource.Builder resource = offer.addResourcesBuilder().setName(name);
    resource.setType(Value.Type.SCALAR).getScalarBuilder().setValue(amount);
    resource.getAllocationInfoBuilder().setRole("ops");
    return resource;
  }

  private static double cpus(Accepted accepted, RunSpec spec) {
    return new ResourceRules("ops", accepted, true)
        .acceptable(OfferedAgent.of(offer().build()), spec)
        .scalar("cpus")
        .toDouble();
  }

  private static List<String> scarce(boolean keepsGpus, RunSpec spec) {
    Offer.Builder offer = offer();
    scalar(offer, "gpus", 2);
    return new ResourceRules("ops", Accepted.ANY, keepsGpus)
        .scarce(OfferedAgent.of(offer.build()), spec).stream().map(Refusal::text).toList();
  }

  @Test
  void whoNamesNoRolesToAcceptTakesWhatIsUsual() {
    assertThat(cpus(Accepted.ANY, app().build())).isEqualTo(4.5);
    assertThat(cpus(Accepted.UNRESERVED, app().build())).isEqualTo(4);
    assertThat(cpus(Accepted.RESERVED, app().build())).isEqualTo(0.5);
  }

  @Test
  void nothingIsReservedForTheRoleOfEverybody() {
    RunSpec pod = PodLaunches.pod(List.of(), List.of(), new PodLaunches.Draft("web"));

    assertThat(pod.role()).contains("*");
    assertThat(cpus(Accepted.RESERVED, pod)).isEqualTo(4);
  }

  @Test
  void rolesThatAreNamedCount() {
    assertThat(cpus(Accepted.RESERVED, app().acceptedResourceRoles(List.of("*")).build()))
        .isEqualTo(4);
  }

  @Test
  void agentsWithGpusAreKeptUnlessTheyAreForAll() {
    assertThat(scarce(true, app().build()))
        .containsExactly("needs no gpus, offer has 2 kept for those that do");
    assertThat(scarce(true, app().gpus(1).build())).isEmpty();
    assertThat(scarce(false, app().build())).isEmpty();
  }
}
