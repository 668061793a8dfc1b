package io.mesocosm.services.app;

import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodContainer.Health;
import io.mesocosm.services.app.PodContainer.Image;
import io.mesocosm.services.app.PodContainer.Mount;
import io.mesocosm.services.app.PodDefinition.Scheduling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Draws valid pods that use all that pods can say. */
public final class PodVariety {
  private final SplittableRandom random;
  private int ports = 1;

  public PodVariety(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A pod without a version, of the role {@code web}. */
  public PodDefinition pod() {
    ports = 1;
    List<Network> networks = networks();
    List<Volume> volumes = volumes();
    boolean legacy = random.nextBoolean();
    SortedMap<String, String> secrets = new TreeMap<>();
    secrets.put("s1", "/store/one");
    secrets.put("s2", "/store/two");
    List<PodContainer> containers = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      // the first mounts all, so that none is without use
      containers.add(container("c" + i, networks, i == 0 ? volumes : List.of(), legacy));
    }
    return new PodDefinition(
        new AppId("/shop/pod-" + random.nextInt(100)),
        maybe(() -> "nobody"),
        Optional.of("web"),
        texts("label"),
        texts("ENV"),
        secretEnv("POD_SECRET"),
        secrets,
        containers,
        volumes,
        networks,
        scheduling(volumes.stream().anyMatch(Volume.Persistent.class::isInstance)),
        pick(ExecutorResources.USUAL, new ExecutorResources(0.25, 64.5, 100)),
        maybe(this::linux),
        legacy,
        AppDefinition.UNVERSIONED,
        new VersionInfo(AppDefinition.UNVERSIONED, AppDefinition.UNVERSIONED));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  private Duration seconds() {
    return Duration.ofMillis(random.nextLong(1, 1000) * pick(1000L, 1000L, 1L));
  }

  private Duration wholeSeconds() {
    return Duration.ofSeconds(random.nextLong(1, 1000));
  }

  private SortedMap<String, String> texts(String prefix) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      texts.put(prefix + i, pick("", "value", "ä \" x"));
    }
    return texts;
  }

  private SortedMap<String, String> secretEnv(String name) {
    SortedMap<String, String> secrets = new TreeMap<>();
    maybe(() -> pick("s1", "s2")).ifPresent(secret -> secrets.put(name, secret));
    return secrets;
  }

  private List<Network> networks() {
    return switch (random.nextInt(4)) {
      case 0 -> List.of(new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>()));
      case 1 -> List.of(new Network(Network.Mode.BRIDGE, Optional.empty(), texts("bridge")));
      case 2 -> List.of(new Network(Network.Mode.CONTAINER, Optional.of("net1"), texts("net")));
      default ->
          List.of(
              new Network(Network.Mode.CONTAINER, Optional.of("net1"), texts("net")),
              new Network(Network.Mode.CONTAINER, Optional.of("net2"), new TreeMap<>()));
    };
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    maybe(() -> new Volume.Ephemeral("scratch")).ifPresent(volumes::add);
    maybe(() -> new Volume.Host("etc", "/etc", Volume.Mode.RW)).ifPresent(volumes::add);
    maybe(() -> new Volume.SecretFile("key", "s1")).ifPresent(volumes::add);
    maybe(this::persistent).ifPresent(volumes::add);
    return volumes;
  }

  private Volume persistent() {
    Volume.DiskType type = pick(Volume.DiskType.values());
    List<Constraint> constraints =
        type == Volume.DiskType.ROOT
            ? List.of()
            : List.of(new Constraint("path", Constraint.Operator.LIKE, Optional.of("/mnt/[a-z]+")));
    return new Volume.Persistent(
        "data",
        Volume.Mode.RW,
        type,
        10,
        type == Volume.DiskType.MOUNT ? OptionalLong.of(20) : OptionalLong.empty(),
        maybe(() -> "fast"),
        constraints);
  }

  private Scheduling scheduling(boolean resident) {
    UnreachableStrategy strategy =
        resident || random.nextBoolean()
            ? new UnreachableStrategy.Disabled()
            : new UnreachableStrategy.Enabled(Duration.ofMillis(1500), Duration.ofSeconds(7));
    return new Scheduling(
        random.nextInt(5),
        seconds(),
        1 + random.nextInt(10) / 8.0,
        seconds(),
        pick(LaunchLimit.NONE, new LaunchLimit(3, false), new LaunchLimit(4, true)),
        new UpgradeStrategy(0.25, resident ? 0 : 0.75, random.nextBoolean()),
        pick(
            List.<Constraint>of(),
            List.of(
                new Constraint("hostname", Constraint.Operator.UNIQUE, Optional.empty()),
                new Constraint("rack", Constraint.Operator.MAX_PER, Optional.of("2")))),
        pick(List.<String>of(), List.of("web"), List.of("web", "*")),
        pick(KillSelection.values()),
        strategy);
  }

  private LinuxInfo linux() {
    return new LinuxInfo(
        maybe(() ->
            pick(
                new LinuxInfo.Seccomp(Optional.of("strict"), false),
                new LinuxInfo.Seccomp(Optional.empty(), true))),
        maybe(() ->
            pick(
                new LinuxInfo.IpcInfo(LinuxInfo.Mode.PRIVATE, OptionalInt.of(64)),
                new LinuxInfo.IpcInfo(LinuxInfo.Mode.SHARE_PARENT, OptionalInt.empty()))));
  }

  private PodContainer container(
      String name, List<Network> networks, List<Volume> mounted, boolean legacy) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      endpoints.add(endpoint(name + "-e" + i, networks));
    }
    Optional<Image> image =
        maybe(() -> new Image("nginx:1", maybe(() -> "s2"), random.nextBoolean(), texts("i")));
    Optional<CommandLine> exec =
        image.isPresent() && random.nextBoolean() ? Optional.empty() : Optional.of(command());
    boolean limited = !legacy && random.nextBoolean();
    return new PodContainer(
        name,
        exec,
        exec.flatMap(_ -> maybe(random::nextBoolean)),
        0.1 + random.nextInt(10),
        32.5 + random.nextInt(100),
        random.nextInt(100),
        random.nextInt(2),
        limited
            ? new ResourceLimits(
                OptionalDouble.of(20.5), OptionalDouble.of(Double.POSITIVE_INFINITY))
            : ResourceLimits.NONE,
        endpoints,
        image,
        texts("CENV"),
        secretEnv("C_SECRET"),
        maybe(() -> "www"),
        texts("c"),
        pick(
            List.<Artifact>of(),
            List.of(
                new Artifact("http://x/a.tgz", true, false, true, Optional.of("a")),
                new Artifact("http://x/b", false, true, false, Optional.empty()))),
        random.nextBoolean(),
        maybe(() -> new Health(check(endpoints), wholeSeconds(), random.nextInt(5))),
        maybe(() -> check(endpoints)),
        mounted.stream().map(this::mount).toList(),
        maybe(this::seconds),
        maybe(this::linux));
  }

  private Mount mount(Volume volume) {
    return new Mount(
        volume.containerPath(), "/mnt/" + volume.containerPath(), maybe(random::nextBoolean));
  }

  private CommandLine command() {
    return pick(
        new CommandLine.Shell("sleep 10"), new CommandLine.Argv(List.of("/bin/run", "", "-x")));
  }

  private Endpoint endpoint(String name, List<Network> networks) {
    boolean host = networks.getFirst().mode() == Network.Mode.HOST;
    int number = 8000 + ports++;
    Optional<Integer> hostPort = host ? Optional.of(pick(0, number)) : maybe(() -> pick(0, number));
    boolean named = networks.size() > 1 && (hostPort.isPresent() || random.nextBoolean());
    return new Endpoint(
        name,
        host ? Optional.empty() : Optional.of(number - 7000),
        hostPort,
        pick(List.of(Protocol.TCP), List.of(Protocol.UDP), List.of(Protocol.UDP, Protocol.TCP)),
        texts("VIP_"),
        named ? List.of("net2") : List.of());
  }

  private TaskCheck check(List<Endpoint> endpoints) {
    TaskCheck.Probe probe = new TaskCheck.Probe.Exec(command());
    if (!endpoints.isEmpty()) {
      TaskCheck.PortReference port =
          new TaskCheck.PortReference.Endpoint(endpoints.getLast().name());
      probe =
          pick(
              probe,
              new TaskCheck.Probe.Tcp(port),
              new TaskCheck.Probe.Http(port, "/health?x=1", random.nextBoolean()));
    }
    return new TaskCheck(probe, wholeSeconds(), wholeSeconds(), wholeSeconds());
  }

  /** A version with all digits. */
  public PodDefinition versioned() {
    Instant at = Instant.ofEpochSecond(1_790_000_000L, random.nextLong(1_000_000_000L));
    return pod().withVersion(at, new VersionInfo(at.minusNanos(1), at.minusNanos(2)));
  }
}
