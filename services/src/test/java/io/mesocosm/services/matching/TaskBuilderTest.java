package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.LinuxInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.Port;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Volume;
import org.apache.mesos.v1.Protos.Volume.Source.CSIVolume;
import org.junit.jupiter.api.Test;

/** What agents are told of each field (contracts/marathon-api.md §4, §5, §7, §11, §12). */
class TaskBuilderTest {
  private static final Placement PLACE =
      new Placement(
          "a1", "h1", new TreeMap<>(), Optional.empty(), Optional.empty(), "ops", List.of());
  private static final String SECRETS = "'secrets':{'s':{'source':'/db/pw'}},";

  private final TaskBuilder builder = new TaskBuilder("", "", "mesos-bridge");
  private final AppReader reader = new AppReader("ops");

  private AppDefinition app(String fields) {
    String text = "{'id':'/shop/a','cmd':'x'," + fields + "}";
    return reader.read(Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
  }

  private TaskInfo task(String fields, Integer... hostPorts) {
    return builder.build(
        app(fields), "shop_a.t1", PLACE, List.of(hostPorts), Resources.NONE, Resources.NONE, false);
  }

  private static String mesos(String fields) {
    return "'portDefinitions':[],'container':{'type':'MESOS'," + fields + "}";
  }

  private static Volume volume(TaskInfo task) {
    return task.getContainer().getVolumes(0);
  }

  @Test
  void whatIsFetchedGoesWithTheCommand() {
    CommandInfo.URI uri =
        task(
                "'fetch':[{'uri':'u','extract':false,'executable':true,'cache':true,'destPath':'d'}]",
                1)
            .getCommand()
            .getUris(0);
    assertThat(uri.getValue()).isEqualTo("u");
    assertThat(uri.getExtract()).isFalse();
    assertThat(uri.getExecutable()).isTrue();
    assertThat(uri.getCache()).isTrue();
    assertThat(uri.getOutputFile()).isEqualTo("d");
  }

  @Test
  void secretsOfVariablesAreReferences() {
    TaskInfo task = task(SECRETS + "'env':{'HOST':{'secret':'s'}}", 1);
    List<Environment.Variable> hosts =
        task.getCommand().getEnvironment().getVariablesList().stream()
            .filter(variable -> variable.getName().equals("HOST"))
            .toList();
    assertThat(hosts).as("the app's own wins").hasSize(1);
    assertThat(hosts.getFirst().getType()).isEqualTo(Environment.Variable.Type.SECRET);
    assertThat(hosts.getFirst().hasValue()).isFalse();
    assertThat(hosts.getFirst().getSecret().getType()).isEqualTo(Secret.Type.REFERENCE);
    assertThat(hosts.getFirst().getSecret().getReference().getName()).isEqualTo("/db/pw");
  }

  @Test
  void secretsOfFilesAndCredentialsAreReferencesToo() {
    TaskInfo task =
        task(
            SECRETS
                + mesos(
                    "'docker':{'image':'i','pullConfig':{'secret':'s'}},"
                        + "'volumes':[{'containerPath':'f','secret':'s'}]"));
    assertThat(volume(task).getSource().getType()).isEqualTo(Volume.Source.Type.SECRET);
    assertThat(volume(task).getSource().getSecret().getReference().getName()).isEqualTo("/db/pw");
    assertThat(
            task.getContainer()
                .getMesos()
                .getImage()
                .getDocker()
                .getConfig()
                .getReference()
                .getName())
        .isEqualTo("/db/pw");
  }

  @Test
  void anImageForTheAgentsOwnContainers() {
    ContainerInfo container =
        task(mesos("'docker':{'image':'i:1','forcePullImage':true}")).getContainer();
    assertThat(container.getType()).isEqualTo(ContainerInfo.Type.MESOS);
    assertThat(container.getMesos().getImage().getDocker().getName()).isEqualTo("i:1");
    assertThat(container.getMesos().getImage().getCached()).isFalse();
    assertThat(container.hasDocker()).isFalse();
  }

  @Test
  void aCheckIsReportedOnly() {
    CheckInfo http = task("'check':{'http':{'path':'/p'},'delaySeconds':3}", 31000).getCheck();
    assertThat(http.getType()).isEqualTo(CheckInfo.Type.HTTP);
    assertThat(http.getHttp().getPort()).isEqualTo(31000);
    assertThat(http.getHttp().getPath()).isEqualTo("/p");
    assertThat(http.getDelaySeconds()).isEqualTo(3);
    assertThat(task("'check':{'tcp':{'port':7}}", 1).getCheck().getTcp().getPort()).isEqualTo(7);
    CommandInfo argv =
        task("'check':{'exec':{'command':{'argv':['a','b']}}}", 1)
            .getCheck()
            .getCommand()
            .getCommand();
    assertThat(argv.getShell()).isFalse();
    assertThat(argv.getValue()).isEqualTo("a");
    assertThat(argv.getArgumentsList()).containsExactly("a", "b");
    assertThat(
            task("'check':{'exec':{'command':{'shell':'true'}}}", 1)
                .getCheck()
                .getCommand()
                .getCommand()
                .getShell())
        .isTrue();
  }

  @Test
  void healthChecksByTheAgentMayUseIpv6() {
    String docker = "'portDefinitions':[{}],'container':{'docker':{'image':'i'}},";
    HealthCheck https =
        task(
                docker
                    + "'healthChecks':[{'protocol':'MESOS_HTTPS','path':'/h','ipProtocol':'IPv6'}]",
                31000)
            .getHealthCheck();
    assertThat(https.getHttp().getProtocol()).isEqualTo(NetworkInfo.Protocol.IPv6);
    assertThat(https.getHttp().getScheme()).isEqualTo("https");
    assertThat(https.getHttp().getPort()).isEqualTo(31000);
    HealthCheck tcp =
        task(docker + "'healthChecks':[{'protocol':'MESOS_TCP','ipProtocol':'IPv6'}]", 31000)
            .getHealthCheck();
    assertThat(tcp.getTcp().getProtocol()).isEqualTo(NetworkInfo.Protocol.IPv6);
    assertThat(task("'healthChecks':[{'protocol':'HTTP'}]", 1).hasHealthCheck()).isFalse();
    assertThat(
            task("'healthChecks':[{'protocol':'COMMAND','command':{'value':'c'}}]", 1)
                .getHealthCheck()
                .getCommand()
                .getValue())
        .isEqualTo("c");
  }

  @Test
  void limitsAreNamedByResource() {
    TaskInfo task = task("'resourceLimits':{'cpus':2,'mem':'unlimited'}", 1);
    assertThat(task.getLimitsOrThrow("cpus").getValue()).isEqualTo(2);
    assertThat(task.getLimitsOrThrow("mem").getValue()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void aTerminalNeedsAContainer() {
    assertThat(task("'tty':true", 1).getContainer().hasTtyInfo()).isTrue();
    assertThat(task("'tty':false", 1).hasContainer()).isFalse();
  }

  @Test
  void linuxSettingsGoToTheContainer() {
    LinuxInfo info =
        task(mesos(
                "'linuxInfo':{'seccomp':{'profileName':'p'},"
                    + "'ipcInfo':{'mode':'PRIVATE','shmSize':64}}"))
            .getContainer()
            .getLinuxInfo();
    assertThat(info.getSeccomp().getProfileName()).isEqualTo("p");
    assertThat(info.getIpcMode()).isEqualTo(LinuxInfo.IpcMode.PRIVATE);
    assertThat(info.getShmSize()).isEqualTo(64);
  }

  @Test
  void anExecutorOfTheAppsOwnTakesTheCommand() {
    TaskInfo task = task("'executor':'/opt/it\\u0027s'", 1);
    assertThat(task.hasCommand()).isFalse();
    ExecutorInfo executor = task.getExecutor();
    assertThat(executor.getType()).isEqualTo(ExecutorInfo.Type.CUSTOM);
    assertThat(executor.getExecutorId().getValue()).isEqualTo("marathon-shop_a.t1");
    assertThat(executor.getCommand().getValue())
        .isEqualTo("chmod ug+rx '/opt/it'\\''s' && exec '/opt/it'\\''s' x");
    assertThat(task("'executor':'//cmd'", 1).hasExecutor()).isFalse();
  }

  @Test
  void aDriverMakesItsVolume() {
    Volume volume =
        volume(
            task(
                mesos(
                    "'volumes':[{'containerPath':'/d','mode':'RO','external':{'name':'v','size':5,"
                        + "'options':{'dvdi/driver':'rexray','dvdi/iops':'9'}}}]")));
    assertThat(volume.getMode()).isEqualTo(Volume.Mode.RO);
    assertThat(volume.getSource().getType()).isEqualTo(Volume.Source.Type.DOCKER_VOLUME);
    assertThat(volume.getSource().getDockerVolume().getDriver()).isEqualTo("rexray");
    assertThat(volume.getSource().getDockerVolume().getName()).isEqualTo("v");
    assertThat(volume.getSource().getDockerVolume().getDriverOptions().getParameterList())
        .extracting(option -> option.getKey() + "=" + option.getValue())
        .containsExactly("iops=9", "size=5");
  }

  @Test
  void aStorageInterfaceIsToldWhatItNeeds() {
    Volume volume =
        volume(
            task(
                SECRETS
                    + mesos(
                        "'volumes':[{'containerPath':'/d','external':{'name':'v','provider':'csi',"
                            + "'options':{'pluginName':'nfs','capability':{'accessMode':"
                            + "'SINGLE_NODE_WRITER','fsType':'xfs','mountFlags':['ro']},"
                            + "'nodeStageSecret':{'u':'s'},'volumeContext':{'server':'h'}}}}]")));
    CSIVolume csi = volume.getSource().getCsiVolume();
    assertThat(csi.getPluginName()).isEqualTo("nfs");
    CSIVolume.StaticProvisioning provisioning = csi.getStaticProvisioning();
    assertThat(provisioning.getVolumeId()).isEqualTo("v");
    assertThat(provisioning.getVolumeCapability().getMount().getFsType()).isEqualTo("xfs");
    assertThat(provisioning.getVolumeCapability().getMount().getMountFlagsList())
        .containsExactly("ro");
    assertThat(provisioning.getNodeStageSecretsOrThrow("u").getReference().getName())
        .isEqualTo("/db/pw");
    assertThat(provisioning.getVolumeContextMap()).containsExactly(entry("server", "h"));
  }

  @Test
  void persistentVolumesComeWithTheirDisk() {
    TaskInfo task = task(mesos("'volumes':[{'containerPath':'d','persistent':{'size':1}}]"));
    assertThat(task.getContainer().getVolumesList()).isEmpty();
  }

  @Test
  void portsOfContainerNetworksAreAnnouncedOnEach() {
    TaskInfo task =
        task(
            "'networks':[{'name':'n'},{'name':'m'}],'container':{'type':'MESOS','portMappings':["
                + "{'containerPort':80,'hostPort':0,'name':'a','networkNames':['m'],"
                + "'labels':{'VIP_0':'/v:1'}},"
                + "{'containerPort':81,'name':'b','networkNames':['n','m']},"
                + "{'containerPort':82,'name':'c'}]}",
            31000,
            PortAssigner.NONE,
            PortAssigner.NONE);
    assertThat(task.getDiscovery().getPorts().getPortsList())
        .extracting(TaskBuilderTest::told)
        .containsExactly(
            "a 31000 {VIP_0=/v:1, network-scope=host}",
            "b 81 {network-name=n, network-scope=container}",
            "b 81 {network-name=m, network-scope=container}",
            "c 82 {network-scope=container}");
    List<NetworkInfo> networks = task.getContainer().getNetworkInfosList();
    assertThat(networks).extracting(NetworkInfo::getName).containsExactly("n", "m");
    assertThat(networks.get(0).getPortMappingsList()).isEmpty();
    assertThat(networks.get(1).getPortMappings(0).getHostPort()).isEqualTo(31000);
    assertThat(environment(task)).contains(entry("PORT0", "31000"), entry("PORT1", "81"));
  }

  private static String told(Port port) {
    Map<String, String> labels =
        new TreeMap<>(
            port.getLabels().getLabelsList().stream()
                .collect(Collectors.toMap(Label::getKey, Label::getValue)));
    return port.getName() + " " + port.getNumber() + " " + labels;
  }

  private static Map<String, String> environment(TaskInfo task) {
    return task.getCommand().getEnvironment().getVariablesList().stream()
        .collect(Collectors.toMap(Environment.Variable::getName, Environment.Variable::getValue));
  }

  @Test
  void aPortThatNobodyChoseIsTheSameEverywhere() {
    TaskInfo task =
        task(
            "'networks':[{'name':'n'}],'container':{'type':'MESOS','portMappings':[{},{}]}",
            PortAssigner.NONE,
            PortAssigner.NONE);
    List<String> announced =
        task.getDiscovery().getPorts().getPortsList().stream()
            .map(port -> Integer.toString(port.getNumber()))
            .toList();
    assertThat(announced).doesNotHaveDuplicates().doesNotContain("0");
    assertThat(environment(task)).contains(entry("PORTS", String.join(",", announced)));
  }

  @Test
  void theKillPolicyAndTheResourcesAreTold() {
    TaskInfo task = task("'taskKillGracePeriodSeconds':9,'gpus':2,'disk':1.5", 1);
    assertThat(task.getKillPolicy().getGracePeriod().getNanoseconds()).isEqualTo(9_000_000_000L);
    assertThat(environment(task))
        .contains(
            entry("MARATHON_APP_RESOURCE_GPUS", "2"), entry("MARATHON_APP_RESOURCE_DISK", "1.5"));
  }
}
