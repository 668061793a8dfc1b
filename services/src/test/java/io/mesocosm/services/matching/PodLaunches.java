package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Artifact;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.LinuxInfo;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodContainer.Health;
import io.mesocosm.services.app.PodContainer.Image;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ResourceLimits;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Pods of few lines, and their launches. */
final class PodLaunches {
  static final String UUID = "01234567-89ab-4def-8123-456789abcdef";
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final Placement PLACE =
      new Placement(
          "a1", "h1", new TreeMap<>(), Optional.empty(), Optional.empty(), "*", List.of());
  static final Network HOST = new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>());

  /** Collects what a container of a test is made of. */
  static final class Draft {
    final String name;
    Optional<CommandLine> exec = Optional.of(new CommandLine.Shell("run"));
    Optional<Boolean> overrideEntrypoint = Optional.empty();
    ResourceLimits limits = ResourceLimits.NONE;
    List<Endpoint> endpoints = List.of();
    Optional<Image> image = Optional.empty();
    Map<String, String> env = Map.of();
    Map<String, String> secretEnv = Map.of();
    Optional<String> user = Optional.empty();
    Map<String, String> labels = Map.of();
    List<Artifact> artifacts = List.of();
    boolean tty;
    Optional<Health> health = Optional.empty();
    Optional<TaskCheck> check = Optional.empty();
    List<Mount> mounts = List.of();
    Optional<Duration> grace = Optional.empty();
    Optional<LinuxInfo> linux = Optional.empty();

    Draft(String name) {
      this.name = name;
    }

    PodContainer container() {
      return new PodContainer(
          name,
          exec,
          overrideEntrypoint,
          0.5,
          64,
          0,
          0,
          limits,
          endpoints,
          image,
          new TreeMap<>(env),
          new TreeMap<>(secretEnv),
          user,
          new TreeMap<>(labels),
          artifacts,
          tty,
          health,
          check,
          mounts,
          grace,
          linux);
    }
  }

  static PodDefinition pod(List<Network> networks, List<Volume> volumes, Draft... drafts) {
    List<PodContainer> containers = new ArrayList<>();
    for (Draft draft : drafts) {
      containers.add(draft.container());
    }
    return new PodDefinition(
        new AppId("/shop/pod"),
        Optional.empty(),
        Optional.of("*"),
        new TreeMap<>(Map.of("team", "a", "both", "pod")),
        new TreeMap<>(Map.of("POD", "1", "BOTH", "pod", "MY_HOST", "mine")),
        new TreeMap<>(),
        new TreeMap<>(Map.of("s", "/store/s")),
        containers,
        volumes,
        networks,
        Scheduling.USUAL,
        ExecutorResources.USUAL,
        Optional.empty(),
        false,
        AT,
        new VersionInfo(AT, AT));
  }

  private static Resources scalars(double cpus, double mem) {
    return Resources.of(
        Resource.unreserved("cpus", Scalar.of(cpus)), Resource.unreserved("mem", Scalar.of(mem)));
  }

  static PodLaunch launch(PodDefinition pod, Integer... hostPorts) {
    SortedMap<String, Resources> taken = new TreeMap<>();
    pod.containers().forEach(one -> taken.put(one.name(), scalars(one.cpus(), one.mem())));
    return new PodLaunch(
        pod,
        new InstanceId(pod.id(), UUID),
        2,
        PLACE,
        List.of(hostPorts),
        "f1",
        new PodResources(taken, scalars(0.1, 32))
            .plus(Resources.of(Resource.unreserved("ports", Ranges.of(8001, 8001)))),
        false);
  }

  static Endpoint endpoint(
      String name, Optional<Integer> containerPort, Optional<Integer> hostPort, String... nets) {
    return new Endpoint(
        name, containerPort, hostPort, List.of(Protocol.TCP), new TreeMap<>(), List.of(nets));
  }

  static Network net(String name) {
    return new Network(Network.Mode.CONTAINER, Optional.of(name), new TreeMap<>());
  }

  private PodLaunches() {}
}
