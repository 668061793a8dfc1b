package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.ContainerInfo.DockerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;

class OfferMatcherTest {
  private static final AppId ID = new AppId("/shop/web");
  private static final InstanceId INSTANCE =
      new InstanceId(ID, "01234567-89ab-4def-8123-456789abcdef");
  private final OfferMatcher matcher =
      new OfferMatcher(
          new ResourceRules("*", ResourceRules.Accepted.ANY, true),
          "",
          "",
          "mesos-bridge",
          new SplittableRandom(1));

  private static AppDefinitionBuilder app() {
    return AppDefinition.builder(ID)
        .cmd(Optional.of("run"))
        .cpus(1)
        .mem(128)
        .version(Instant.parse("2026-01-01T00:00:00Z"));
  }

  private static Offer.Builder offer() {
    Offer.Builder offer = Offer.newBuilder().setHostname("h1");
    offer.getIdBuilder().setValue("o1");
    offer.getFrameworkIdBuilder().setValue("f1");
    offer.getAgentIdBuilder().setValue("a1");
    offer.getAllocationInfoBuilder().setRole("*");
    scalar(offer, "cpus", 4);
    scalar(offer, "mem", 1000);
    Resource.Builder ports = offer.addResourcesBuilder().setName("ports");
    ports.setType(Value.Type.RANGES).getAllocationInfoBuilder().setRole("*");
    ports.getRangesBuilder().addRangeBuilder().setBegin(8000).setEnd(8010);
    return offer;
  }

  private static Resource.Builder scalar(Offer.Builder offer, String name, double amount) {
    Resource.Builder resource = offer.addResourcesBuilder().setName(name);
    resource.setType(Value.Type.SCALAR).getScalarBuilder().setValue(amount);
    resource.getAllocationInfoBuilder().setRole("*");
    return resource;
  }

  private static TaskInfo task(MatchResult.Match match) {
    return match.operations().getLast().getLaunch().getTaskInfos(0);
  }

  private MatchResult match(Offer.Builder offer, AppDefinition app) {
    return matcher.match(OfferedAgent.of(offer.build()), app, INSTANCE, Placed.NOWHERE, false);
  }

  private MatchResult.Match matched(Offer.Builder offer, AppDefinition app) {
    return (MatchResult.Match) match(offer, app);
  }

  private List<String> refused(Offer.Builder offer, AppDefinition app) {
    return ((MatchResult.Refusals) match(offer, app))
        .refusals().stream().map(Refusal::text).toList();
  }

  private static Map<String, String> environment(TaskInfo task) {
    return task.getCommand().getEnvironment().getVariablesList().stream()
        .collect(Collectors.toMap(Environment.Variable::getName, Environment.Variable::getValue));
  }

  private static PortDefinition port(int number, String name) {
    return new PortDefinition(number, Protocol.TCP, Optional.of(name), new TreeMap<>());
  }

  @Test
  void allThatIsMissingIsNamedInOrder() {
    assertThat(refused(offer(), app().cpus(8).mem(2000).build()))
        .containsExactly("needs cpus 8, offer has 4", "needs mem 2000, offer has 1000");
    assertThat(refused(offer(), app().role(Optional.of("prod")).build()))
        .containsExactly("needs role prod, offer is for role *");
  }

  @Test
  void aTaskHasTheShapesThatClientsKnow() {
    TaskInfo task =
        task(
            matched(
                offer(), app().taskKillGracePeriod(Optional.of(Duration.ofSeconds(3))).build()));
    assertThat(task.getTaskId().getValue())
        .isEqualTo("shop_web.instance-01234567-89ab-4def-8123-456789abcdef._app.1");
    assertThat(InstanceId.parse(task.getTaskId().getValue())).contains(INSTANCE);
    assertThat(task.getName()).isEqualTo("web.shop");
    assertThat(task.getDiscovery().getName()).isEqualTo("web.shop");
    assertThat(task.getCommand().getShell()).isTrue();
    assertThat(task.getCommand().getValue()).isEqualTo("run");
    assertThat(task.getKillPolicy().getGracePeriod().getNanoseconds()).isEqualTo(3_000_000_000L);
    assertThat(task.hasContainer()).isFalse();
  }

  @Test
  void theEnvironmentSaysWhereAndWhat() {
    TreeMap<String, String> labels = new TreeMap<>(Map.of("some.key", "v"));
    TreeMap<String, String> env = new TreeMap<>(Map.of("HOST", "mine"));
    AppDefinition app =
        app()
            .portDefinitions(List.of(port(10001, "http"), port(10002, "admin-x")))
            .labels(labels)
            .env(env)
            .build();
    MatchResult.Match match = matched(offer(), app);
    List<Integer> ports = match.placement().hostPorts();
    assertThat(ports).hasSize(2).doesNotHaveDuplicates();
    assertThat(environment(task(match)))
        .contains(
            entry("HOST", "mine"),
            entry("PORT", ports.get(0).toString()),
            entry("PORT0", ports.get(0).toString()),
            entry("PORT1", ports.get(1).toString()),
            entry("PORTS", ports.get(0) + "," + ports.get(1)),
            entry("PORT_10001", ports.get(0).toString()),
            entry("PORT_ADMIN_X", ports.get(1).toString()),
            entry("MARATHON_APP_ID", "/shop/web"),
            entry("MARATHON_APP_VERSION", "2026-01-01T00:00:00.000Z"),
            entry("MARATHON_APP_RESOURCE_CPUS", "1.0"),
            entry("MARATHON_APP_LABELS", "SOME_KEY"),
            entry("MARATHON_APP_LABEL_SOME_KEY", "v"),
            entry("MESOS_TASK_ID", task(match).getTaskId().getValue()));
  }

  @Test
  void requiredPortsAreTakenOrRefused() {
    AppDefinition fits =
        app().portDefinitions(List.of(port(8001, "http"))).requirePorts(true).build();
    assertThat(matched(offer(), fits).placement().hostPorts()).containsExactly(8001);
    AppDefinition not =
        app().portDefinitions(List.of(port(9001, "http"))).requirePorts(true).build();
    assertThat(refused(offer(), not)).containsExactly("needs ports 9001, offer has [8000-8010]");
  }

  @Test
  void aBridgeMapsPortsOfTheContainer() {
    PortMapping dynamic =
        new PortMapping(
            80,
            Optional.of(0),
            10001,
            Protocol.UDP_TCP,
            Optional.empty(),
            new TreeMap<>(),
            List.of());
    PortMapping fixed =
        new PortMapping(
            81,
            Optional.of(8005),
            10002,
            Protocol.TCP,
            Optional.empty(),
            new TreeMap<>(),
            List.of());
    Container container =
        new Container(
            Container.Type.DOCKER,
            Optional.of(
                new Container.Docker(
                    "nginx", true, false, List.of(new Container.Parameter("label", "a=b")))),
            List.of(new Volume.Host("/data", "/srv", Volume.Mode.RO)),
            List.of(dynamic, fixed));
    AppDefinition app =
        app()
            .container(Optional.of(container))
            .networks(List.of(new Network(Network.Mode.BRIDGE, Optional.empty(), new TreeMap<>())))
            .portDefinitions(List.of())
            .build();
    MatchResult.Match match = matched(offer(), app);
    DockerInfo docker = task(match).getContainer().getDocker();
    assertThat(docker.getNetwork()).isEqualTo(DockerInfo.Network.BRIDGE);
    assertThat(docker.getForcePullImage()).isTrue();
    assertThat(docker.getParameters(0).getKey()).isEqualTo("label");
    assertThat(docker.getPortMappingsList())
        .extracting(mapping -> mapping.getContainerPort() + "/" + mapping.getProtocol())
        .containsExactly("80/udp", "80/tcp", "81/tcp");
    assertThat(match.placement().hostPorts().get(1)).isEqualTo(8005);
    assertThat(task(match).getContainer().getVolumes(0).getHostPath()).isEqualTo("/srv");
    assertThat(environment(task(match)))
        .contains(entry("PORT_80", match.placement().hostPorts().get(0).toString()));
  }

  @Test
  @SuppressWarnings("deprecation") // masters write reservations that way for frameworks like ours
  void reservedResourcesAreTakenFirst() {
    Offer.Builder offer = offer();
    offer.getAllocationInfoBuilder().setRole("ops");
    scalar(offer, "cpus", 0.5).setRole("ops");
    AppDefinition app = app().role(Optional.of("ops")).build();
    MatchResult.Match match = matched(offer, app);
    assertThat(
            task(match).getResourcesList().stream()
                .filter(resource -> resource.getName().equals("cpus"))
                .map(cpus -> cpus.getRole() + ":" + cpus.getScalar().getValue()))
        .containsExactlyInAnyOrder("ops:0.5", "*:0.5");
    assertThat(match.left().resources().scalar("cpus").toDouble()).isEqualTo(3.5);
    AppDefinition reservedOnly = app.toBuilder().acceptedResourceRoles(List.of("ops")).build();
    assertThat(refused(offer, reservedOnly)).contains("needs cpus 1, offer has 0.5");
  }
}
