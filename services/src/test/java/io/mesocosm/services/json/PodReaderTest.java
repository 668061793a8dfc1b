package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.app.Volume;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodReaderTest {
  private static final String CONTAINER =
      "'name':'c','exec':{'command':{'shell':'x'}},'resources':{'cpus':1,'mem':32}";

  private final PodReader reader = new PodReader("*", Optional.empty());

  private static JsonNode json(String text) {
    // Single quotes keep the corpus readable.
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** A pod of one container with more fields of the pod and of the container. */
  private static String pod(String fields, String ofContainer) {
    return "{'id':'/p','containers':[{"
        + CONTAINER
        + (ofContainer.isEmpty() ? "" : "," + ofContainer)
        + "}]"
        + (fields.isEmpty() ? "" : "," + fields)
        + "}";
  }

  private PodDefinition read(String fields, String ofContainer) {
    return reader.read(json(pod(fields, ofContainer)));
  }

  private Map<String, List<String>> problems(int status, String text) {
    InvalidRequestException e =
        catchThrowableOfType(InvalidRequestException.class, () -> reader.read(json(text)));
    assertThat(e).as(text).isNotNull();
    assertThat(e.status()).as(e.errorsByPath().toString()).isEqualTo(status);
    return e.errorsByPath();
  }

  @Test
  void whatIsNotSaidHasDefaults() {
    PodDefinition pod =
        reader.read(
            json(
                "{'id':'p','containers':[{'name':'c','exec':"
                    + "{'command':{'shell':'x'}},'resources':{}}]}"));

    assertThat(pod.id().path()).isEqualTo("/p");
    assertThat(pod.role()).contains("*");
    assertThat(pod.scheduling()).isEqualTo(Scheduling.USUAL);
    assertThat(pod.executorResources()).isEqualTo(ExecutorResources.USUAL);
    assertThat(pod.networks()).extracting(Network::mode).containsExactly(Network.Mode.HOST);
    assertThat(pod.legacySharedCgroups()).isFalse();
    PodContainer container = pod.containers().getFirst();
    assertThat(container.cpus()).isEqualTo(1);
    assertThat(container.mem()).isEqualTo(128);
    assertThat(container.disk()).isZero();
    assertThat(container.gpus()).isZero();
  }

  @Test
  void schedulingIsRead() {
    Scheduling scheduling =
        read(
                "'scaling':{'kind':'fixed','instances':3},'scheduling':{'backoff':{'backoff':0.5,"
                    + "'backoffFactor':2,'maxLaunchDelay':10},'upgrade':{'minimumHealthCapacity':"
                    + "0.5,'maximumOverCapacity':0,'waitForRouting':true},'placement':{"
                    + "'constraints':[{'fieldName':'@zone','operator':'GROUP_BY','value':'3'}],"
                    + "'acceptedResourceRoles':['*']},'killSelection':'OLDEST_FIRST',"
                    + "'unreachableStrategy':{'inactiveAfterSeconds':5},'maxLaunchAttempts':4,"
                    + "'rollbackOnFailure':true}",
                "")
            .scheduling();

    assertThat(scheduling.instances()).isEqualTo(3);
    assertThat(scheduling.backoff()).isEqualTo(Duration.ofMillis(500));
    assertThat(scheduling.upgrade()).isEqualTo(new UpgradeStrategy(0.5, 0, true));
    assertThat(scheduling.constraints())
        .containsExactly(new Constraint("@zone", Constraint.Operator.GROUP_BY, Optional.of("3")));
    assertThat(scheduling.launchLimit()).isEqualTo(new LaunchLimit(4, true));
    assertThat(scheduling.unreachableStrategy())
        .isEqualTo(new UnreachableStrategy.Enabled(Duration.ofSeconds(5), Duration.ofSeconds(5)));
  }

  @Test
  void checksHaveDefaultsAndNameEndpoints() {
    PodContainer container =
        read(
                "",
                "'endpoints':[{'name':'web','hostPort':0}],"
                    + "'healthCheck':{'http':{'endpoint':'web','path':'/h','scheme':'HTTPS'}},"
                    + "'check':{'exec':{'command':{'argv':['a','b']}}}")
            .containers()
            .getFirst();

    TaskCheck.PortReference web = new TaskCheck.PortReference.Endpoint("web");
    assertThat(container.healthCheck())
        .contains(
            new PodContainer.Health(
                new TaskCheck(
                    new TaskCheck.Probe.Http(web, "/h", true),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(15)),
                Duration.ofSeconds(300),
                3));
    assertThat(container.check().orElseThrow().probe())
        .isEqualTo(new TaskCheck.Probe.Exec(new CommandLine.Argv(List.of("a", "b"))));
    assertThat(container.endpoints())
        .containsExactly(
            new PodContainer.Endpoint(
                "web",
                Optional.empty(),
                Optional.of(0),
                List.of(Protocol.TCP),
                new TreeMap<>(),
                List.of()));
  }

  @Test
  void persistentVolumesChangeDefaults() {
    PodDefinition pod =
        reader.read(
            json(
                "{'id':'/web/p','role':'web','volumes':[{'name':'d','persistent':{'type':'mount',"
                    + "'size':5,'maxSize':9,'constraints':[['path','LIKE','/a.*']]}}],"
                    + "'containers':[{"
                    + CONTAINER
                    + ",'volumeMounts':[{'name':'d','mountPath':'data'}]}]}"));

    assertThat(pod.isResident()).isTrue();
    assertThat(pod.upgradeStrategy()).isEqualTo(UpgradeStrategy.RESIDENT);
    assertThat(pod.unreachableStrategy()).isEqualTo(new UnreachableStrategy.Disabled());
    assertThat(pod.persistentVolumes().getFirst().type()).isEqualTo(Volume.DiskType.MOUNT);
  }

  @Test
  void containerNetworksMayHaveAUsualName() {
    PodDefinition pod =
        new PodReader("*", Optional.of("dcos"))
            .read(json(pod("'networks':[{'mode':'container'}]", "")));

    assertThat(pod.networks().getFirst().name()).contains("dcos");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'environment':{'1A':'x'} | | /environment/1A",
        "'environment':{'A':{'secret':'no'}} | | /environment/A",
        "'volumes':[{'name':'v'}] | | /volumes(0)/name",
        "'networks':[{'mode':'host'},{'mode':'container/bridge'}] | | /networks",
        "'networks':[{'name':'a'},{'name':'a'}] | | /networks",
        "'networks':[{'mode':'container'}] | | /networks(0)",
        "'networks':[{'mode':'host','name':'a'}] | | /networks(0)",
        "'scaling':{'kind':'loose'} | | /scaling/kind",
        "'scaling':{'instances':-1} | | /scaling/instances",
        "'scheduling':{'backoff':{'backoffFactor':0.5}} | | /scheduling/backoff/backoffFactor",
        "'scheduling':{'rollbackOnFailure':true} | | /scheduling/rollbackOnFailure",
        "'scheduling':{'upgrade':{'maximumOverCapacity':2}} | |"
            + " /scheduling/upgrade/maximumOverCapacity",
        "'scheduling':{'placement':{'constraints':[{'fieldName':'a','operator':'IN'}]}} | |"
            + " /scheduling/placement/constraints(0)",
        "'scheduling':{'placement':{'acceptedResourceRoles':['x']}} | |"
            + " /scheduling/placement/acceptedResourceRoles",
        "'scheduling':{'unreachableStrategy':'off'} | | /scheduling/unreachableStrategy",
        "'executorResources':{'mem':16} | | /executorResources/mem",
        "'executorResources':{'cpus':1e300} | | /executorResources/cpus",
        "'role':'other' | | /role",
        "'legacySharedCgroups':true | 'resourceLimits':{'mem':64} |"
            + " /containers(0)/resourceLimits",
        " | 'resourceLimits':{'mem':16} | /containers(0)/resourceLimits/mem",
        " | 'resourceLimits':{'cpus':'much'} | /containers(0)/resourceLimits/cpus",
        " | 'endpoints':[{'name':'a','hostPort':0,'containerPort':8}] |"
            + " /containers(0)/endpoints(0)/containerPort",
        " | 'endpoints':[{'name':'a'}] | /containers(0)/endpoints(0)/hostPort",
        " | 'endpoints':[{'name':'a','hostPort':70000}] |"
            + " /containers(0)/endpoints(0)/hostPort",
        " | 'endpoints':[{'name':'a','hostPort':1},{'name':'a','hostPort':2}] |"
            + " /containers(0)/endpoints(1)/name",
        " | 'endpoints':[{'name':'a','hostPort':1},{'name':'b','hostPort':1}] |"
            + " /containers(0)/endpoints(1)/hostPort",
        " | 'endpoints':[{'name':'a','hostPort':1,'protocol':['icmp']}] |"
            + " /containers(0)/endpoints(0)/protocol",
        "'networks':[{'name':'n'}] | 'endpoints':[{'name':'a'}] |"
            + " /containers(0)/endpoints(0)/containerPort",
        "'networks':[{'name':'n'}] | 'endpoints':[{'name':'a','containerPort':0}] |"
            + " /containers(0)/endpoints(0)/containerPort",
        "'networks':[{'name':'n'}] | 'endpoints':[{'name':'a','containerPort':1},"
            + "{'name':'b','containerPort':1}] | /containers(0)/endpoints(1)/containerPort",
        "'networks':[{'name':'n'},{'name':'m'}] | 'endpoints':[{'name':'a','containerPort':1,"
            + "'hostPort':0}] | /containers(0)/endpoints(0)/networkNames",
        "'networks':[{'name':'n'}] | 'endpoints':[{'name':'a','containerPort':1,"
            + "'networkNames':['x']}] | /containers(0)/endpoints(0)/networkNames",
        " | 'healthCheck':{'tcp':{'endpoint':'no'}} | /containers(0)/healthCheck/tcp/endpoint",
        " | 'healthCheck':{} | /containers(0)/healthCheck",
        " | 'endpoints':[{'name':'a','hostPort':0}],'check':{'tcp':{'endpoint':'a'},'exec':{'command':"
            + "{'shell':'x'}}} | /containers(0)/check",
        " | 'volumeMounts':[{'name':'no','mountPath':'x'}] | /containers(0)/volumeMounts(0)/name",
        " | 'image':{'kind':'APPC','id':'x'} | /containers(0)/image/kind",
        " | 'image':{'kind':'DOCKER','id':'x','pullConfig':{'secret':'no'}} |"
            + " /containers(0)/image/pullConfig/secret",
        " | 'artifacts':[{'uri':''}] | /containers(0)/artifacts(0)/uri",
        " | 'linuxInfo':{'seccomp':{'profileName':'p','unconfined':true}} |"
            + " /containers(0)/linuxInfo/seccomp",
        " | 'linuxInfo':{'ipcInfo':{'mode':'SHARE_PARENT','shmSize':5}} |"
            + " /containers(0)/linuxInfo/ipcInfo/shmSize",
      })
  void rulesNameThePathOfWhatBreaksThem(String fields, String ofContainer, String path) {
    assertThat(
            problems(
                422, pod(fields == null ? "" : fields, ofContainer == null ? "" : ofContainer)))
        .containsOnlyKeys(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'containers':[]} | /id",
        "{'id':'/p'} | /containers",
        "{'id':'/p','containers':[{'name':'c','exec':{'command':{'shell':'x'}}}]} |"
            + " /containers(0)/resources",
        "{'id':'/p','containers':[{'name':'c','exec':{},'resources':{}}]} |"
            + " /containers(0)/exec/command",
        "{'id':'/p','containers':[],'volumes':[{'name':'v','persistent':{}}]} |"
            + " /volumes(0)/persistent/size",
        "[] | /",
      })
  void whatIsMissingOrOfAnotherTypeCannotBeRead(String text, String path) {
    assertThat(problems(400, text)).containsOnlyKeys(path);
  }

  @Test
  void podsHaveLimits() {
    String many = "{'name':'v'},".repeat(101);
    String deep = "[".repeat(60) + "]".repeat(60);
    String large = "'user':'" + "u".repeat(900_000) + "'";

    assertThat(problems(422, pod("'volumes':[" + many.substring(0, many.length() - 1) + "]", "")))
        .containsExactly(Map.entry("/volumes", List.of("got 101 volumes, the limit is 100")));
    assertThat(problems(422, pod("'x':" + deep, ""))).containsOnlyKeys("/");
    assertThat(problems(422, pod(large, ""))).containsOnlyKeys("/");
    assertThat(problems(422, pod("", "").replace("/p", "/" + "p".repeat(1000))))
        .containsOnlyKeys("/id");
  }

  @Test
  void groupsMayDecideOnRoles() {
    PodReader enforced =
        new PodReader(
            pod -> pod.segments().getFirst(),
            pod -> new TreeSet<>(List.of(pod.segments().getFirst())),
            Optional.empty());

    assertThat(enforced.read(json(pod("", "").replace("/p", "/a/p"))).role()).contains("a");
  }

  @ParameterizedTest
  @CsvSource({"/,/id", "/a/Restart,/id", "/a/restart,/id", "/a_b,/id"})
  void idsHaveTheLettersOfApps(String id, String path) {
    assertThat(problems(422, pod("", "").replace("/p", id))).containsKey(path);
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(
            problems(
                422,
                "{'id':'/P','volumes':[{'name':'v'},{'name':'v'}],'containers':[{"
                    + CONTAINER
                    + ",'endpoints':[{'name':'A','hostPort':1}]},{"
                    + CONTAINER
                    + ",'tty':true}]}"))
        .containsOnlyKeys(
            "/containers(0)/endpoints(0)/name",
            "/id",
            "/containers(1)/name",
            "/volumes(0)/name",
            "/volumes(1)/name");
  }

  @Test
  void residentPodsAreBoundToTheirReservations() {
    String text =
        "{'id':'/p','scheduling':{'unreachableStrategy':{},'upgrade':{'maximumOverCapacity':1},"
            + "'placement':{'acceptedResourceRoles':['*']}},"
            + "'volumes':[{'name':'d','persistent':{'size':5}}],'containers':[{"
            + CONTAINER
            + ",'volumeMounts':[{'name':'d','mountPath':'d'}]}]}";

    assertThat(problems(422, text))
        .containsOnlyKeys(
            "/scheduling/unreachableStrategy",
            "/scheduling/upgrade/maximumOverCapacity",
            "/scheduling/placement/acceptedResourceRoles",
            "/role");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"size\":0}',/volumes(0)/persistent/size",
    "'{\"size\":5,\"maxSize\":9}',/volumes(0)/persistent/maxSize",
    "'{\"size\":5,\"type\":\"mount\",\"maxSize\":5}',/volumes(0)/persistent/maxSize",
    "'{\"size\":5,\"constraints\":[[\"path\",\"LIKE\",\"x\"]]}',/volumes(0)/persistent/constraints",
    "'{\"size\":5,\"type\":\"path\",\"constraints\":[[\"x\",\"LIKE\",\"x\"]]}',"
        + "/volumes(0)/persistent/constraints",
    "'{\"size\":5,\"type\":\"path\",\"constraints\":[[\"path\"]]}',"
        + "/volumes(0)/persistent/constraints(0)",
  })
  void persistentVolumesHaveRules(String persistent, String path) {
    String text =
        "{'id':'/web/p','role':'web','volumes':[{'name':'d','persistent':"
            + persistent
            + "}],'containers':[{"
            + CONTAINER
            + ",'volumeMounts':[{'name':'d','mountPath':'d'}]}]}";

    assertThat(problems(422, text)).containsOnlyKeys(path);
  }

  private PodDefinition resident(String ofContainer, int size) {
    return reader.read(
        json(
            "{'id':'/web/p','role':'web','volumes':[{'name':'d','persistent':{'size':"
                + size
                + "}}],'containers':[{"
                + CONTAINER
                + ",'volumeMounts':[{'name':'d','mountPath':'d'}]"
                + ofContainer
                + "}]}"));
  }

  @Test
  void updatesOfResidentPodsKeepWhatIsReserved() {
    PodDefinition before = resident(",'endpoints':[{'name':'a','hostPort':80}]", 5);
    PodDefinition after =
        resident(",'endpoints':[{'name':'a','hostPort':81}],'resources':{'cpus':2,'mem':32}", 6);

    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class, () -> PodReader.checkUpdate(before, after));

    assertThat(e.status()).isEqualTo(422);
    assertThat(e.errorsByPath()).containsOnlyKeys("/volumes", "/containers");
    assertThat(e.errorsByPath().get("/containers"))
        .containsExactly(
            "cpus must not change for pods with persistent volumes: got 2, expected 1",
            "host ports must not change for pods with persistent volumes");
  }

  @Test
  void updatesMayChangeAllElse() {
    PodReader.checkUpdate(read("", ""), read("", "'resources':{'cpus':3}"));
    PodReader.checkUpdate(resident("", 5), resident(",'tty':true", 5));
  }

  @Test
  void apiShowsNoVersionInfo() {
    ObjectNode json = PodWriter.write(read("", ""));

    assertThat(json.has("versionInfo")).isFalse();
    assertThat(json.path("scaling").path("kind").textValue()).isEqualTo("fixed");
    assertThat(json.path("scheduling").has("maxLaunchAttempts")).isFalse();
    assertThat(
            json.path("containers").get(0).path("exec").path("command").path("shell").textValue())
        .isEqualTo("x");
  }
}
