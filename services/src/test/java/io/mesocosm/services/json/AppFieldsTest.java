package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.LinuxInfo;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.app.Residency;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.app.Volume;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fields of contracts/marathon-api.md §4, §5 and §7 that go beyond the everyday app. */
class AppFieldsTest {
  private final AppReader reader = new AppReader("ops");

  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** Whatever is read must also be written so that it reads the same. */
  private AppDefinition read(String fields) {
    AppDefinition app = reader.read(json("{'id':'/a','cmd':'x'," + fields + "}"));
    assertThat(reader.read(AppWriter.write(app))).isEqualTo(app);
    assertThat(reader.readStored(AppWriter.write(app))).isEqualTo(app);
    return app;
  }

  private Map<String, List<String>> problems(String fields) {
    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> reader.read(json("{'id':'/a','cmd':'x'," + fields + "}")));
    assertThat(e).as(fields).isNotNull();
    return e.errorsByPath();
  }

  private static String mesos(String fields) {
    return "'container':{'type':'MESOS'," + fields + "}";
  }

  private static String volume(String fields) {
    return mesos("'volumes':[{" + fields + "}]");
  }

  @Test
  void whatIsFetchedIsUnpackedUnlessSaidOtherwise() {
    assertThat(read("'fetch':[{'uri':'http://x/a.tgz'}]").fetch())
        .containsExactly(new Artifact("http://x/a.tgz", true, false, false, Optional.empty()));
    assertThat(
            read("'fetch':[{'uri':'u','extract':false,'executable':true,'cache':true,'destPath':'d'}]")
                .fetch())
        .containsExactly(new Artifact("u", false, true, true, Optional.of("d")));
  }

  @Test
  void urisOfOldAreUnpackedIfTheyLookLikeArchives() {
    assertThat(read("'uris':['http://x/a.tar.gz','http://x/b.json','c.ZIP']").fetch())
        .extracting(Artifact::extract)
        .containsExactly(true, false, true);
  }

  @Test
  void aCheckTriesHttpTcpOrACommand() {
    TaskCheck http =
        read("'check':{'http':{'portIndex':0,'path':'/p','scheme':'HTTPS'}}").check().orElseThrow();
    assertThat(http.probe())
        .isEqualTo(new TaskCheck.Probe.Http(new PortReference.Index(0), "/p", true));
    assertThat(http.interval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(http.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(http.delay()).isEqualTo(Duration.ofSeconds(15));
    assertThat(read("'check':{'tcp':{'port':8080}}").check().orElseThrow().probe())
        .isEqualTo(new TaskCheck.Probe.Tcp(new PortReference.Number(8080)));
    assertThat(read("'check':{'exec':{'command':{'shell':'true'}}}").check().orElseThrow().probe())
        .isEqualTo(new TaskCheck.Probe.Exec(new CommandLine.Shell("true")));
    assertThat(
            read("'check':{'exec':{'command':{'argv':['a','b']}}}").check().orElseThrow().probe())
        .isEqualTo(new TaskCheck.Probe.Exec(new CommandLine.Argv(List.of("a", "b"))));
  }

  @Test
  void aReadinessCheckHasTheDefaultsOfTheApi() {
    SortedSet<Integer> ok = new TreeSet<>(List.of(200));
    assertThat(
            read("'portDefinitions':[{'name':'http-api'}],'readinessChecks':[{}]")
                .readinessChecks())
        .containsExactly(
            new ReadinessCheck(
                "readinessCheck",
                false,
                "/",
                "http-api",
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                ok,
                false));
    ReadinessCheck full =
        read("'portDefinitions':[{'name':'p'}],'readinessChecks':[{'name':'n','protocol':'HTTPS',"
                + "'path':'/r','portName':'p','intervalSeconds':9,'timeoutSeconds':8,"
                + "'httpStatusCodesForReady':[204,200],'preserveLastResponse':true}]")
            .readinessChecks()
            .getFirst();
    assertThat(full.https()).isTrue();
    assertThat(full.readyStatuses()).containsExactly(200, 204);
    assertThat(full.preserveLastResponse()).isTrue();
  }

  @Test
  void limitsAreNumbersOrNone() {
    AppDefinition app = read("'cpus':1,'resourceLimits':{'cpus':2.5,'mem':'unlimited'}");
    assertThat(app.resourceLimits().cpus()).isEqualTo(OptionalDouble.of(2.5));
    assertThat(app.resourceLimits().mem()).isEqualTo(OptionalDouble.of(Double.POSITIVE_INFINITY));
    assertThat(AppWriter.write(app).at("/resourceLimits/mem").textValue()).isEqualTo("unlimited");
  }

  @Test
  void zeroIsZeroWithWhateverSign() {
    assertThat(read("'mem':-0.0").mem()).isEqualTo(0.0);
  }

  @Test
  void anExecutorIsAPathOrTheUsualOne() {
    assertThat(read("'executor':''").executor()).isEmpty();
    assertThat(read("'executor':'//cmd'").executor()).contains("//cmd");
    AppDefinition own = read("'executor':'/opt/run','executorResources':{'mem':64}");
    assertThat(own.executor()).contains("/opt/run");
    assertThat(own.executorResources()).contains(new ExecutorResources(0.1, 64, 10));
  }

  @Test
  void secretsGoByNameInVariablesFilesAndCredentials() {
    AppDefinition app =
        read(
            "'env':{'A':'1','B':{'secret':'s'}},'secrets':{'s':{'source':'/db/pw'}},"
                + mesos(
                    "'docker':{'image':'i','pullConfig':{'secret':'s'}},"
                        + "'volumes':[{'containerPath':'f','secret':'s'}]"));
    assertThat(app.env()).containsOnlyKeys("A");
    assertThat(app.secretEnv()).containsEntry("B", "s");
    assertThat(app.secrets()).containsEntry("s", "/db/pw");
    Container container = app.container().orElseThrow();
    assertThat(container.volumes()).containsExactly(new Volume.SecretFile("f", "s"));
    assertThat(container.docker().orElseThrow().pullSecret()).contains("s");
  }

  @Test
  void aTerminalAndLinuxSettingsAreRead() {
    AppDefinition app =
        read(
            "'tty':true,"
                + mesos(
                    "'linuxInfo':{'seccomp':{'profileName':'p'},"
                        + "'ipcInfo':{'mode':'PRIVATE','shmSize':64}}"));
    assertThat(app.tty()).contains(true);
    assertThat(app.container().orElseThrow().linuxInfo())
        .contains(
            new LinuxInfo(
                Optional.of(new LinuxInfo.Seccomp(Optional.of("p"), false)),
                Optional.of(new LinuxInfo.IpcInfo(LinuxInfo.Mode.PRIVATE, OptionalInt.of(64)))));
    assertThat(read("'tty':false").tty()).contains(false);
  }

  @Test
  void persistentVolumesMakeAnAppResident() {
    AppDefinition app = read(volume("'containerPath':'data','persistent':{'size':100}"));
    assertThat(app.isResident()).isTrue();
    assertThat(app.persistentVolumes())
        .containsExactly(
            new Volume.Persistent(
                "data",
                Volume.Mode.RW,
                Volume.DiskType.ROOT,
                100,
                OptionalLong.empty(),
                Optional.empty(),
                List.of()));
    assertThat(app.residency()).contains(Residency.USUAL);
    assertThat(app.upgradeStrategy()).isEqualTo(UpgradeStrategy.RESIDENT);
    assertThat(app.unreachableStrategy()).isEqualTo(new UnreachableStrategy.Disabled());
  }

  @Test
  void aMountedDiskMayBeLargerAndChosenByItsPath() {
    AppDefinition app =
        read(
            "'residency':{'taskLostBehavior':'RELAUNCH_AFTER_TIMEOUT',"
                + "'relaunchEscalationTimeoutSeconds':5},"
                + volume(
                    "'containerPath':'d','mode':'RW','persistent':{'type':'mount','size':10,"
                        + "'maxSize':20,'profileName':'fast','constraints':[['path','LIKE','/ssd.*']]}"));
    Volume.Persistent disk = app.persistentVolumes().getFirst();
    assertThat(disk.type()).isEqualTo(Volume.DiskType.MOUNT);
    assertThat(disk.sizeMax()).isEqualTo(OptionalLong.of(20));
    assertThat(disk.profileName()).contains("fast");
    assertThat(disk.constraints())
        .containsExactly(new Constraint("path", Constraint.Operator.LIKE, Optional.of("/ssd.*")));
    assertThat(app.residency().orElseThrow().relaunchEscalationTimeout())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aVolumeOfADriverLeavesNoRoomForASecondInstance() {
    String external =
        "'containerPath':'/d','external':{'name':'v','provider':'dvdi','size':5%s,"
            + "'options':{'dvdi/driver':'rexray','dvdi/iops':'9'}}";
    AppDefinition app = read(volume(external.formatted("")));
    Volume.External volume = (Volume.External) app.container().orElseThrow().volumes().getFirst();
    assertThat(volume.options()).containsEntry("dvdi/driver", "rexray");
    assertThat(volume.size()).isEqualTo(OptionalLong.of(5));
    assertThat(app.upgradeStrategy()).isEqualTo(UpgradeStrategy.RESIDENT);
    assertThat(problems("'instances':2," + volume(external.formatted(""))))
        .containsKey("/instances");
    assertThat(read("'instances':2," + volume(external.formatted(",'shared':true"))).instances())
        .isEqualTo(2);
  }

  @Test
  void aStorageInterfaceTakesNestedOptions() {
    String options =
        "{'pluginName':'nfs','capability':{'accessMode':'MULTI_NODE_MULTI_WRITER',"
            + "'accessType':'mount','fsType':'xfs','mountFlags':['ro','x']},"
            + "'nodeStageSecret':{'u':'s'},'nodePublishSecret':{'w':'s'},"
            + "'volumeContext':{'server':'h','a/b':'c'}}";
    AppDefinition app =
        read(
            volume(
                "'containerPath':'/d','external':{'name':'v','provider':'csi','options':"
                    + options
                    + "}"));
    assertThat(AppWriter.write(app).at("/container/volumes/0/external/options"))
        .isEqualTo(json(options));
  }

  @Test
  void oursTryRollBackAndScale() {
    AppDefinition app =
        read(
            "'maxLaunchAttempts':3,'rollbackOnFailure':true,"
                + "'upgradeStrategy':{'waitForRouting':true},"
                + "'autoscale':{'min':2,'max':9,'target':{'cpuPercent':70},'cooldownSeconds':30}");
    assertThat(app.launchLimit()).isEqualTo(new LaunchLimit(3, true));
    assertThat(app.upgradeStrategy()).isEqualTo(new UpgradeStrategy(1, 1, true));
    assertThat(app.autoscale())
        .contains(new Autoscale(2, 9, new Autoscale.Target.CpuPercent(70), Duration.ofSeconds(30)));
    assertThat(app.instances()).as("the least there may be").isEqualTo(2);
    assertThat(
            read("'autoscale':{'max':5,'target':{'metricUrl':'http://q/depth','value':12.5}}")
                .autoscale()
                .orElseThrow()
                .target())
        .isEqualTo(new Autoscale.Target.Metric("http://q/depth", 12.5));
  }

  @Test
  void whatIsOursIsNotWrittenUnlessItWasSaid() {
    JsonNode written = AppWriter.write(read("'instances':1"));
    for (String ours : List.of("maxLaunchAttempts", "rollbackOnFailure", "autoscale", "tty")) {
      assertThat(written.has(ours)).as(ours).isFalse();
    }
    assertThat(written.path("upgradeStrategy").has("waitForRouting")).isFalse();
  }

  @Test
  void containerNetworksHaveNamesAndMayBeSeveral() {
    AppDefinition app =
        read(
            "'networks':[{'name':'n','labels':{'k':'v'}},{'mode':'container','name':'m'}],"
                + mesos(
                    "'portMappings':[{'containerPort':80,'hostPort':0,'networkNames':['n']},"
                        + "{'containerPort':81}]"));
    assertThat(app.networks()).extracting(Network::mode).containsOnly(Network.Mode.CONTAINER);
    assertThat(app.portMappings().get(0).networkNames()).containsExactly("n");
    assertThat(app.portMappings().get(1).hostPort()).isEmpty();
  }

  @Test
  void aNetworkWithoutAContainerGetsOneOfTheAgent() {
    AppDefinition app = read("'networks':[{'mode':'container/bridge'}]");
    Container container = app.container().orElseThrow();
    assertThat(container.type()).isEqualTo(Container.Type.MESOS);
    assertThat(container.portMappings())
        .extracting(PortMapping::name)
        .containsExactly(Optional.of("default"));
  }

  @Test
  void aNetworkWithoutANameHasTheUsualOne() {
    AppReader named =
        new AppReader(
            new AppSettings(AppRoles.unenforced("*"), Optional.of("overlay"), "mesos-bridge"));
    assertThat(
            named.read(json("{'id':'a','cmd':'x','networks':[{}]}")).networks().getFirst().name())
        .contains("overlay");
    assertThat(problems("'networks':[{}]")).containsKey("/networks");
  }

  @Test
  void addressesOfOldBecomeNetworks() {
    AppDefinition app =
        read(
            "'ipAddress':{'networkName':'n','groups':['g'],'labels':{'k':'v'},"
                + "'discovery':{'ports':[{'number':80,'name':'http','protocol':'tcp'}]}}");
    assertThat(app.networks())
        .containsExactly(
            new Network(Network.Mode.CONTAINER, Optional.of("n"), new TreeMap<>(Map.of("k", "v"))));
    assertThat(app.portMappings().getFirst().containerPort()).isEqualTo(80);
    assertThat(app.portMappings().getFirst().name()).contains("http");
    assertThat(read("'ipAddress':{'networkName':'mesos-bridge'}").networkMode())
        .isEqualTo(Network.Mode.BRIDGE);
  }

  @Test
  void dockersUserNetworkOfOldIsNamedByTheAddress() {
    AppDefinition app =
        read(
            "'container':{'docker':{'image':'i','network':'USER'}},'ipAddress':{'networkName':'n'}");
    assertThat(app.networks())
        .containsExactly(new Network(Network.Mode.CONTAINER, Optional.of("n"), new TreeMap<>()));
    assertThat(problems("'container':{'docker':{'image':'i','network':'HOST'}},'ipAddress':{}"))
        .containsKey("/");
  }

  @Test
  void agentsCheckDockerContainersOverIpv6() {
    HealthCheck check =
        read("'container':{'docker':{'image':'i'}},"
                + "'healthChecks':[{'protocol':'MESOS_HTTP','ipProtocol':'IPv6'}]")
            .healthChecks()
            .getFirst();
    assertThat(check.ipv6()).isTrue();
  }

  @Test
  void rolesMayBeJudgedOtherwise() {
    AppReader enforcing =
        reader.withRoles(
            new AppRoles() {
              @Override
              public String usualFor(AppId app) {
                return app.segments().getFirst();
              }

              @Override
              public SortedSet<String> allowedFor(AppId app) {
                return new TreeSet<>(List.of(app.segments().getFirst()));
              }
            });
    assertThat(enforcing.read(json("{'id':'/dev/a','cmd':'x'}")).role()).contains("dev");
    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> enforcing.read(json("{'id':'/dev/a','cmd':'x','role':'ops'}")));
    assertThat(e.errorsByPath()).containsEntry("/role", List.of("got ops, expected one of: [dev]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'fetch':[{'uri':''}] | /fetch(0)/uri",
        "'fetch':[{}] | /fetch(0)/uri",
        "'fetch':[{'uri':'u','destPath':'../x'}] | /fetch(0)/destPath",
        "'fetch':[{'uri':'u','destPath':'/x'}] | /fetch(0)/destPath",
        "'env':{'B':{'secret':'none'}} | /env/B/secret",
        "'env':{'B':{}} | /env/B/secret",
        "'env':{'A=B':'x'} | /env",
        "'env':{'':'x'} | /env",
        "'secrets':{'s':{}} | /secrets/s/source",
        "'secrets':{'s':{'source':''}} | /secrets/s/source",
        "'secrets':{'s':'x'} | /secrets/s",
        "'check':{} | /check",
        "'check':{'tcp':{},'http':{}} | /check",
        "'check':{'tcp':{'portIndex':7}} | /check/tcp",
        "'check':{'tcp':{'portIndex':0,'port':1}} | /check/tcp",
        "'check':{'exec':{}} | /check/exec/command",
        "'check':{'http':{'path':'x'}} | /check/http/path",
        "'check':{'http':{'scheme':'ftp'}} | /check/http/scheme",
        "'check':{'tcp':{}},'container':{'docker':{'image':'i'}} | /check",
        "'readinessChecks':[{}] | /readinessChecks(0)/portName",
        "'readinessChecks':[{'portName':'default'},{'portName':'default'}] | /readinessChecks",
        "'readinessChecks':[{'portName':'default','timeoutSeconds':30}] | /readinessChecks(0)/timeoutSeconds",
        "'readinessChecks':[{'portName':'default','httpStatusCodesForReady':[]}] | /readinessChecks(0)/httpStatusCodesForReady",
        "'readinessChecks':[{'portName':'default','protocol':'TCP'}] | /readinessChecks(0)/protocol",
        "'resourceLimits':{'cpus':0.5} | /resourceLimits/cpus",
        "'resourceLimits':{'mem':'much'} | /resourceLimits/mem",
        "'resourceLimits':{'mem':1e300} | /resourceLimits/mem",
        "'cpus':1e300 | /cpus",
        "'mem':1e999 | /mem",
        "'executor':'a//b' | /executor",
        "'executorResources':{'cpus':0} | /executorResources/cpus",
        "'residency':{} | /",
        "'container':{'docker':{'image':'i','pullConfig':{'secret':'s'}}} | /container/docker/pullConfig",
        "'container':{'docker':{'image':'i'},'linuxInfo':{}} | /container/linuxInfo",
        "'container':{'type':'MESOS','linuxInfo':{'seccomp':{'profileName':'p','unconfined':true}}} | /container/linuxInfo/seccomp",
        "'container':{'type':'MESOS','linuxInfo':{'ipcInfo':{'mode':'SHARE_PARENT','shmSize':1}}} | /container/linuxInfo/ipcInfo/shmSize",
        "'maxLaunchAttempts':-1 | /maxLaunchAttempts",
        "'rollbackOnFailure':true | /rollbackOnFailure",
        "'instances':1,'autoscale':{'min':2,'max':3,'target':{'cpuPercent':5}} | /instances",
        "'instances':4,'autoscale':{'min':2,'max':3,'target':{'cpuPercent':5}} | /instances",
        "'autoscale':{'min':3,'max':2,'target':{'cpuPercent':5}} | /autoscale/max",
        "'autoscale':{'min':3,'target':{'cpuPercent':5}} | /autoscale/max",
        "'autoscale':{'max':2} | /autoscale/target",
        "'autoscale':{'max':2,'target':{'cpuPercent':0}} | /autoscale/target/cpuPercent",
        "'autoscale':{'max':2,'target':{'metricUrl':'http://x'}} | /autoscale/target/value",
        "'autoscale':{'max':2,'target':{'metricUrl':'file:///x','value':1}} | /autoscale/target/metricUrl",
        "'networks':[{'name':'n'},{'name':'n'}] | /networks",
        "'networks':[{'name':'n'},{'mode':'host'}] | /networks",
        "'networks':[{'name':'n'},{'name':'m'}],'container':{'docker':{'image':'i'}} | /networks",
        "'networks':[{'mode':'container/bridge','name':'n'}] | /networks",
        "'networks':[{'mode':'host','labels':{'k':'v'}}] | /networks",
        "'ipAddress':{},'ports':[1] | /",
        "'ipAddress':{'networkName':'n','discovery':{'ports':[{'number':1}]}},'container':{'docker':{'image':'i'}} | /ipAddress/discovery",
        "'healthChecks':[{'protocol':'MESOS_HTTP','ipProtocol':'IPv6'}] | /healthChecks(0)/ipProtocol",
        "'healthChecks':[{'ipProtocol':'IPv5'}] | /healthChecks(0)/ipProtocol",
        "'healthChecks':[{'port':70000}] | /healthChecks(0)/port",
        "'role':'*' | /role",
      })
  void aRuleThatIsBrokenIsNamedByItsPath(String fields, String path) {
    assertThat(problems(fields)).containsKey(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'containerPath':'','persistent':{'size':1} | /container/volumes(0)/containerPath",
        "'containerPath':'/d','persistent':{'size':1} | /container/volumes(0)/containerPath",
        "'containerPath':'a/b','persistent':{'size':1} | /container/volumes(0)/containerPath",
        "'containerPath':'..','persistent':{'size':1} | /container/volumes(0)/containerPath",
        "'containerPath':'d','mode':'RO','persistent':{'size':1} | /container/volumes(0)/mode",
        "'containerPath':'d','persistent':{'size':0} | /container/volumes(0)/persistent/size",
        "'containerPath':'d','persistent':{} | /container/volumes(0)/persistent/size",
        "'containerPath':'d','persistent':{'size':1,'maxSize':2} | /container/volumes(0)/persistent/maxSize",
        "'containerPath':'d','persistent':{'type':'mount','size':2,'maxSize':2} | /container/volumes(0)/persistent/maxSize",
        "'containerPath':'d','persistent':{'type':'tape','size':2} | /container/volumes(0)/persistent/type",
        "'containerPath':'d','persistent':{'size':2,'constraints':[['path','LIKE','x']]} | /container/volumes(0)/persistent/constraints",
        "'containerPath':'d','persistent':{'type':'path','size':2,'constraints':[['rack','LIKE','x']]} | /container/volumes(0)/persistent/constraints(0)",
        "'containerPath':'d','persistent':{'type':'path','size':2,'constraints':[['path','UNIQUE']]} | /container/volumes(0)/persistent/constraints(0)",
        "'containerPath':'d','persistent':{'type':'path','size':2,'constraints':[['path','LIKE','[']]} | /container/volumes(0)/persistent/constraints(0)",
        "'containerPath':'d','persistent':{'size':1}},{'containerPath':'d','persistent':{'size':1} | /container/volumes",
        "'containerPath':'d','external':{'name':'','options':{'dvdi/driver':'r'}} | /container/volumes(0)/external/name",
        "'containerPath':'d','external':{'name':'n'} | /container/volumes(0)/external/options/dvdi/driver",
        "'containerPath':'d','external':{'name':'n','provider':'tape'} | /container/volumes(0)/external/provider",
        "'containerPath':'d','external':{'name':'n','provider':'csi','shared':true} | /container/volumes(0)/external/shared",
        "'containerPath':'d','external':{'name':'n','provider':'csi'} | /container/volumes(0)/external/options/pluginName",
        "'containerPath':'d','external':{'name':'n','provider':'csi'} | /container/volumes(0)/external/options/capability/accessMode",
        "'containerPath':'d','external':{'name':'n','options':{'dvdi/driver':'r'}}},{'containerPath':'e','external':{'name':'n','options':{'dvdi/driver':'r'}} | /container/volumes",
        "'containerPath':'d','secret':'none' | /container/volumes(0)/secret",
        "'containerPath':'d','secret':'s','hostPath':'/h' | /container/volumes(0)",
        "'containerPath':'d' | /container/volumes(0)/hostPath",
      })
  void aVolumeHasTheRulesOfItsKind(String fields, String path) {
    assertThat(problems(volume(fields))).containsKey(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'acceptedResourceRoles':['*'] | /acceptedResourceRoles",
        "'unreachableStrategy':{'inactiveAfterSeconds':1} | /unreachableStrategy",
        "'residency':{'taskLostBehavior':'PRAY'} | /residency/taskLostBehavior",
      })
  void aResidentAppHasRulesOfItsOwn(String fields, String path) {
    String disk = volume("'containerPath':'data','persistent':{'size':100}");
    assertThat(problems(fields + "," + disk)).containsKey(path);
    AppReader star = new AppReader("*");
    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> star.read(json("{'id':'a','cmd':'x'," + disk + "}")));
    assertThat(e.errorsByPath()).containsKey("/role");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'hostPort':80},{'hostPort':80} | /container/portMappings",
        "{'servicePort':80},{'servicePort':80} | /container/portMappings",
        "{'name':'a'},{'name':'a'} | /container/portMappings",
        "{'name':'A'} | /container/portMappings(0)/name",
        "{'networkNames':['other']} | /container/portMappings(0)/networkNames",
        "{'hostPort':0} | /container/portMappings(0)/networkNames",
        "{'hostPort':0,'networkNames':['n','m']} | /container/portMappings(0)/networkNames",
      })
  void portMappingsAreUniqueAndOnNetworksOfTheApp(String mappings, String path) {
    assertThat(
            problems(
                "'networks':[{'name':'n'},{'name':'m'}],"
                    + mesos("'portMappings':[" + mappings + "]")))
        .containsKey(path);
  }
}
