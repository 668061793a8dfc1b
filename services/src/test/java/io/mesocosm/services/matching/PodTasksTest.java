package io.mesocosm.services.matching;

import static io.mesocosm.services.matching.PodLaunches.HOST;
import static io.mesocosm.services.matching.PodLaunches.UUID;
import static io.mesocosm.services.matching.PodLaunches.endpoint;
import static io.mesocosm.services.matching.PodLaunches.launch;
import static io.mesocosm.services.matching.PodLaunches.net;
import static io.mesocosm.services.matching.PodLaunches.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.LinuxInfo;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodContainer.Health;
import io.mesocosm.services.app.PodContainer.Image;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodVariety;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ResourceLimits;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.matching.PodLaunches.Draft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.DiscoveryInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Port;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Volume.Source;
import org.junit.jupiter.api.Test;

class PodTasksTest {
  private final PodTasks tasks = new PodTasks("usual", "my_", "bridge0");

  private TaskInfo task(PodLaunch launch, int index) {
    return tasks.build(launch).getLaunchGroup().getTaskGroup().getTasks(index);
  }

  private TaskInfo task(Draft draft) {
    return task(launch(pod(List.of(HOST), List.of(), draft)), 0);
  }

  private static TaskCheck check(TaskCheck.Probe probe) {
    return new TaskCheck(
        probe, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(1500));
  }

  @Test
  void instanceIsOneGroupUnderTheDefaultExecutor() {
    Operation operation =
        tasks.build(launch(pod(List.of(HOST), List.of(), new Draft("web"), new Draft("side"))));

    assertThat(operation.getType()).isEqualTo(Operation.Type.LAUNCH_GROUP);
    ExecutorInfo executor = operation.getLaunchGroup().getExecutor();
    assertThat(executor.getType()).isEqualTo(ExecutorInfo.Type.DEFAULT);
    assertThat(executor.getExecutorId().getValue()).isEqualTo("instance-shop_pod." + UUID);
    assertThat(executor.getFrameworkId().getValue()).isEqualTo("f1");
    assertThat(executor.hasCommand()).isFalse();
    assertThat(executor.hasContainer()).isFalse();
    assertThat(executor.getResourcesList())
        .extracting(resource -> resource.getName())
        .containsExactlyInAnyOrder("cpus", "mem", "ports");
    assertThat(executor.getLabels().getLabelsList())
        .extracting(Label::getKey)
        .containsExactly("both", "team");
    assertThat(operation.getLaunchGroup().getTaskGroup().getTasksList())
        .extracting(one -> one.getTaskId().getValue())
        .containsExactly(
            "shop_pod.instance-" + UUID + ".web.2", "shop_pod.instance-" + UUID + ".side.2");
  }

  @Test
  void tasksSayWhatRunsWhere() {
    Draft web = new Draft("web");
    web.labels = Map.of("l", "v");
    web.grace = Optional.of(Duration.ofSeconds(3));
    web.artifacts = List.of(new Artifact("http://x/a", true, false, true, Optional.of("a")));
    web.limits =
        new ResourceLimits(OptionalDouble.of(2), OptionalDouble.of(Double.POSITIVE_INFINITY));
    TaskInfo task = task(web);

    assertThat(task.getName()).isEqualTo("web");
    assertThat(task.getAgentId().getValue()).isEqualTo("a1");
    assertThat(task.getCommand().getShell()).isTrue();
    assertThat(task.getCommand().getValue()).isEqualTo("run");
    assertThat(task.getCommand().getUser()).isEqualTo("usual");
    assertThat(task.getCommand().getUris(0).getOutputFile()).isEqualTo("a");
    assertThat(task.getCommand().getUris(0).getCache()).isTrue();
    assertThat(task.getLabels().getLabels(0).getKey()).isEqualTo("l");
    assertThat(task.getKillPolicy().getGracePeriod().getNanoseconds()).isEqualTo(3_000_000_000L);
    assertThat(task.getLimitsOrThrow("cpus").getValue()).isEqualTo(2);
    assertThat(task.getLimitsOrThrow("mem").getValue()).isInfinite();
    assertThat(task.getContainer().getType()).isEqualTo(ContainerInfo.Type.MESOS);
    assertThat(task.getContainer().getLinuxInfo().getShareCgroups()).isFalse();
    assertThat(task.getContainer().getLinuxInfo().hasShareCgroups()).isTrue();
    assertThat(task.getContainer().getMesos().hasImage()).isFalse();
  }

  @Test
  void argumentsAreForTheEntryPointOfAnImage() {
    Draft web = new Draft("web");
    web.exec = Optional.of(new CommandLine.Argv(List.of("/bin/x", "-v")));
    assertThat(task(web).getCommand().getValue()).isEqualTo("/bin/x");

    web.image = Optional.of(new Image("nginx", Optional.of("s"), true, new TreeMap<>()));
    TaskInfo task = task(web);
    assertThat(task.getCommand().hasValue()).isFalse();
    assertThat(task.getCommand().getArgumentsList()).containsExactly("/bin/x", "-v");
    assertThat(task.getContainer().getMesos().getImage().getDocker().getName()).isEqualTo("nginx");
    assertThat(task.getContainer().getMesos().getImage().getCached()).isFalse();
    assertThat(
            task.getContainer()
                .getMesos()
                .getImage()
                .getDocker()
                .getConfig()
                .getReference()
                .getName())
        .isEqualTo("/store/s");

    web.overrideEntrypoint = Optional.of(true);
    assertThat(task(web).getCommand().getValue()).isEqualTo("/bin/x");

    web.exec = Optional.empty();
    assertThat(task(web).hasCommand()).isTrue();
    assertThat(task(web).getCommand().getShell()).isFalse();
  }

  @Test
  void discoveryNamesThePodAndTheContainersOwnPorts() {
    Draft web = new Draft("web");
    web.endpoints =
        List.of(
            new Endpoint(
                "dns",
                Optional.of(53),
                Optional.of(0),
                List.of(Protocol.UDP, Protocol.TCP),
                new TreeMap<>(Map.of("VIP_0", "x:53")),
                List.of()));
    Draft side = new Draft("side");
    side.endpoints = List.of(endpoint("inner", Optional.of(90), Optional.empty()));
    PodLaunch launch =
        launch(pod(List.of(net("n")), List.of(), web, side), 8001, PortAssigner.NONE);
    DiscoveryInfo discovery = task(launch, 0).getDiscovery();

    assertThat(discovery.getName()).isEqualTo("pod.shop");
    assertThat(discovery.getVisibility()).isEqualTo(DiscoveryInfo.Visibility.FRAMEWORK);
    assertThat(discovery.getPorts().getPortsList())
        .extracting(Port::getProtocol)
        .containsExactly("udp", "tcp");
    Port port = discovery.getPorts().getPorts(0);
    assertThat(port.getNumber()).isEqualTo(8001);
    assertThat(port.getName()).isEqualTo("dns");
    assertThat(port.getLabels().getLabelsList())
        .extracting(Label::getKey, Label::getValue)
        .containsExactly(tuple("VIP_0", "x:53"), tuple("network-scope", "host"));
    assertThat(task(launch, 1).getDiscovery().getPorts().getPortsList())
        .singleElement()
        .satisfies(inner -> {
          assertThat(inner.getNumber()).isEqualTo(90);
          assertThat(inner.getLabels().getLabelsList())
              .extracting(Label::getValue)
              .containsExactly("container", "n");
        });
  }

  @Test
  void checksAreMadeOfThePortInsideTheNetwork() {
    TaskCheck.PortReference port = new TaskCheck.PortReference.Endpoint("a");
    Draft web = new Draft("web");
    web.endpoints = List.of(endpoint("a", Optional.of(80), Optional.of(0)));
    web.health =
        Optional.of(
            new Health(
                check(new TaskCheck.Probe.Http(port, "/h", true)), Duration.ofSeconds(30), 4));
    web.check = Optional.of(check(new TaskCheck.Probe.Tcp(port)));
    TaskInfo inNetwork = task(launch(pod(List.of(net("n")), List.of(), web), 8001), 0);

    HealthCheck health = inNetwork.getHealthCheck();
    assertThat(health.getType()).isEqualTo(HealthCheck.Type.HTTP);
    assertThat(health.getHttp().getPort()).isEqualTo(80);
    assertThat(health.getHttp().getPath()).isEqualTo("/h");
    assertThat(health.getHttp().getScheme()).isEqualTo("https");
    assertThat(health.getDelaySeconds()).isEqualTo(1.5);
    assertThat(health.getIntervalSeconds()).isEqualTo(10);
    assertThat(health.getTimeoutSeconds()).isEqualTo(5);
    assertThat(health.getGracePeriodSeconds()).isEqualTo(30);
    assertThat(health.getConsecutiveFailures()).isEqualTo(4);
    assertThat(inNetwork.getCheck().getType()).isEqualTo(CheckInfo.Type.TCP);
    assertThat(inNetwork.getCheck().getTcp().getPort()).isEqualTo(80);

    web.endpoints = List.of(endpoint("a", Optional.empty(), Optional.of(0)));
    assertThat(
            task(launch(pod(List.of(HOST), List.of(), web), 8001), 0)
                .getHealthCheck()
                .getHttp()
                .getPort())
        .isEqualTo(8001);
  }

  @Test
  void commandsCheckToo() {
    Draft web = new Draft("web");
    web.health =
        Optional.of(
            new Health(
                check(new TaskCheck.Probe.Exec(new CommandLine.Shell("ok"))), Duration.ZERO, 0));
    web.check =
        Optional.of(check(new TaskCheck.Probe.Exec(new CommandLine.Argv(List.of("/ok", "-a")))));
    TaskInfo task = task(web);

    assertThat(task.getHealthCheck().getType()).isEqualTo(HealthCheck.Type.COMMAND);
    assertThat(task.getHealthCheck().getCommand().getValue()).isEqualTo("ok");
    assertThat(task.getCheck().getCommand().getCommand().getShell()).isFalse();
    assertThat(task.getCheck().getCommand().getCommand().getValue()).isEqualTo("/ok");
    assertThat(task.getCheck().getCommand().getCommand().getArgumentsList())
        .containsExactly("/ok", "-a");
  }

  @Test
  void volumesAreMountedByName() {
    Draft web = new Draft("web");
    web.mounts =
        List.of(
            new Mount("tmp", "/tmp/x", Optional.empty()),
            new Mount("etc", "/etc/x", Optional.of(true)),
            new Mount("key", "key", Optional.empty()),
            new Mount("data", "data", Optional.empty()));
    List<Volume> volumes =
        List.of(
            new Volume.Ephemeral("tmp"),
            new Volume.Host("etc", "/etc", Volume.Mode.RW),
            new Volume.SecretFile("key", "s"),
            new Volume.Persistent(
                "data",
                Volume.Mode.RW,
                Volume.DiskType.ROOT,
                5,
                OptionalLong.empty(),
                Optional.empty(),
                List.of()));
    ContainerInfo container = task(launch(pod(List.of(HOST), volumes, web)), 0).getContainer();

    assertThat(container.getVolumesList())
        .extracting(volume -> volume.getContainerPath())
        .containsExactly("/tmp/x", "/etc/x", "key", "data");
    Source scratch = container.getVolumes(0).getSource();
    assertThat(scratch.getType()).isEqualTo(Source.Type.SANDBOX_PATH);
    assertThat(scratch.getSandboxPath().getType()).isEqualTo(Source.SandboxPath.Type.PARENT);
    assertThat(scratch.getSandboxPath().getPath()).isEqualTo("tmp");
    assertThat(container.getVolumes(1).getSource().getHostPath().getPath()).isEqualTo("/etc");
    assertThat(container.getVolumes(1).getMode())
        .isEqualTo(org.apache.mesos.v1.Protos.Volume.Mode.RO);
    Secret secret = container.getVolumes(2).getSource().getSecret();
    assertThat(secret.getType()).isEqualTo(Secret.Type.REFERENCE);
    assertThat(secret.getReference().getName()).isEqualTo("/store/s");
    assertThat(container.getVolumes(3).getSource().getSandboxPath().getPath()).isEqualTo("data");
  }

  @Test
  void linuxSettingsAndTerminalsAreThoseOfTheContainer() {
    Draft web = new Draft("web");
    web.tty = true;
    web.user = Optional.of("www");
    web.linux =
        Optional.of(
            new LinuxInfo(
                Optional.of(new LinuxInfo.Seccomp(Optional.empty(), true)),
                Optional.of(new LinuxInfo.IpcInfo(LinuxInfo.Mode.PRIVATE, OptionalInt.of(64)))));
    TaskInfo task = task(web);

    assertThat(task.getContainer().hasTtyInfo()).isTrue();
    assertThat(task.getCommand().getUser()).isEqualTo("www");
    assertThat(task.getContainer().getLinuxInfo().getSeccomp().getUnconfined()).isTrue();
    assertThat(task.getContainer().getLinuxInfo().getShmSize()).isEqualTo(64);
  }

  @Test
  void everyValidPodCanBeLaunched() {
    for (int seed = 0; seed < 300; seed++) {
      PodDefinition pod = new PodVariety(seed).versioned();
      List<Integer> wanted = PodPorts.wanted(pod);
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < wanted.size(); i++) {
        ports.add(wanted.get(i) == 0 ? 31000 + i : wanted.get(i));
      }
      Operation operation = tasks.build(launch(pod, ports.toArray(Integer[]::new)));

      assertThat(operation.isInitialized()).as("seed %s", seed).isTrue();
      assertThat(operation.getLaunchGroup().getTaskGroup().getTasksCount())
          .isEqualTo(pod.containers().size());
      assertThat(operation.getLaunchGroup().getTaskGroup().getTasksList())
          .as("seed %s", seed)
          .allSatisfy(task -> {
            assertThat(task.getContainer().getNetworkInfosCount()).isZero();
            assertThat(task.getLimitsCount() == 0 || !pod.legacySharedCgroups()).isTrue();
            assertThat(
                    task.getHealthCheck().getHttp().getPort() > 0
                        || task.getHealthCheck().getType() != HealthCheck.Type.HTTP)
                .isTrue();
          });
    }
  }
}
