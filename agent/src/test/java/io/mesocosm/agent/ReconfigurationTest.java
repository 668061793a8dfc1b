package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.agent.Reconfiguration.Policy;
import io.mesocosm.protocol.AttributeText;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.junit.jupiter.api.Test;

/** contracts/mesos-ha.md C2 to C7. */
class ReconfigurationTest {
  private static final AgentInfo BEFORE =
      agent("cpus:4;mem:1024;ports:[31000-32000]", "rack:r1;level:3;bays:[1-4]");

  private static AgentInfo agent(String resources, String attributes) {
    return AgentInfo.newBuilder()
        .setHostname("node")
        .setPort(5051)
        .addAllResources(ResourceMapping.toProto(ResourceText.parse(resources, "*")))
        .addAllAttributes(AttributeText.parse(attributes))
        .build();
  }

  private static AgentInfo in(String region) {
    AgentInfo.Builder info = BEFORE.toBuilder();
    DomainInfo.FaultDomain.Builder domain = info.getDomainBuilder().getFaultDomainBuilder();
    domain.getRegionBuilder().setName(region);
    domain.getZoneBuilder().setName("z");
    return info.build();
  }

  private static Optional<String> additive(AgentInfo now) {
    return Reconfiguration.problem(BEFORE, now, Policy.ADDITIVE);
  }

  @Test
  void nothingHasChanged() {
    for (Policy policy : Policy.values()) {
      assertThat(Reconfiguration.problem(BEFORE, BEFORE, policy)).isEmpty();
    }
  }

  @Test
  void whatAddsIsWelcomeIfThePolicySaysSo() {
    AgentInfo now =
        agent("cpus:8;mem:1024;ports:[31000-33000];gpus:1", "rack:r1;level:3;bays:[1-6];new:x");

    assertThat(additive(now)).isEmpty();
    assertThat(Reconfiguration.problem(BEFORE, now, Policy.EQUAL).orElseThrow())
        .contains("--resources was 'cpus(*):4; mem(*):1024; ports(*):[31000-32000]' and is")
        .contains("--attributes was 'rack:r1;level:3;bays:[1-4]' and is")
        .endsWith("as before, or with --reconfiguration_policy=additive");
  }

  @Test
  void resourcesMayNotShrink() {
    assertThat(additive(agent("cpus:2;mem:1024;ports:[31000-32000]", "rack:r1;level:3;bays:[1-4]")))
        .contains(
            "this agent was registered with another configuration: --resources was 'cpus(*):4;"
                + " mem(*):1024; ports(*):[31000-32000]' and is 'cpus(*):2; mem(*):1024;"
                + " ports(*):[31000-32000]': start it with --resources='cpus(*):4; mem(*):1024;"
                + " ports(*):[31000-32000]' as before, or with --reconfiguration_policy=any");
    assertThat(additive(agent("cpus:4;mem:1024;ports:[31000-31999]", "rack:r1;level:3;bays:[1-4]")))
        .isPresent();
    assertThat(additive(agent("cpus:4;ports:[31000-32000]", "rack:r1;level:3;bays:[1-4]")))
        .isPresent();
  }

  @Test
  void attributesMayNotChange() {
    String resources = "cpus:4;mem:1024;ports:[31000-32000]";
    for (String attributes :
        new String[] {
          "rack:r2;level:3;bays:[1-4]",
          "rack:r1;level:4;bays:[1-4]",
          "rack:r1;level:3;bays:[1-3]",
          "rack:r1;level:3",
          "rack:r1;level:x;bays:[1-4]"
        }) {
      assertThat(additive(agent(resources, attributes)).orElseThrow())
          .contains("--attributes='rack:r1;level:3;bays:[1-4]' as before");
    }
  }

  @Test
  void theAddressMayNotChange() {
    AgentInfo now = BEFORE.toBuilder().setHostname("other").setPort(5052).build();

    assertThat(additive(now).orElseThrow())
        .contains("--hostname was 'node' and is 'other'; --port was '5051' and is '5052'")
        .contains("start it with --hostname='node' --port='5051' as before");
    assertThat(Reconfiguration.problem(BEFORE, now, Policy.EQUAL).orElseThrow())
        .endsWith("or with --reconfiguration_policy=any");
  }

  @Test
  void aDomainMayComeAlongButNotChangeOrGo() {
    assertThat(additive(in("r1"))).isEmpty();
    assertThat(Reconfiguration.problem(BEFORE, in("r1"), Policy.EQUAL).orElseThrow())
        .contains("start it with no --domain as before");
    assertThat(Reconfiguration.problem(in("r1"), in("r2"), Policy.ADDITIVE)).isPresent();
    assertThat(Reconfiguration.problem(in("r1"), BEFORE, Policy.ADDITIVE)).isPresent();
  }

  @Test
  void anythingMayChangeIfThePolicySaysSo() {
    assertThat(Reconfiguration.problem(BEFORE, AgentInfo.getDefaultInstance(), Policy.ANY))
        .isEmpty();
  }

  @Test
  void policiesAreNamedAsInTheFlag() {
    assertThat(Policy.parse("additive")).isEqualTo(Policy.ADDITIVE);
    assertThatThrownBy(() -> Policy.parse("some"))
        .hasMessage("--reconfiguration_policy=some: must be equal, additive or any");
  }
}
