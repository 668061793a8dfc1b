package io.mesocosm.simulation.cluster;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.CommandLine;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PortDefinition;
import io.mesocosm.services.app.Protocol;
import io.mesocosm.services.app.ResourceLimits;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.simulation.invariant.ClusterView.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What users want, as apps and pods, and back. */
final class Demands {
  private static final String REVISION = "REVISION";
  private static final AppId CART = new AppId("/shop/cart");
  private static final AppId SEARCH = new AppId("/shop/search");

  private Demands() {}

  /** Those whose last segment says so are pods. */
  static boolean isPod(AppId id) {
    return id.path().endsWith("-pod");
  }

  /** What is wanted, as a change of what is there. */
  static RunSpec spec(AppId id, Wanted wanted, Optional<RunSpec> present) {
    if (isPod(id)) {
      return pod(id, wanted);
    }
    return present.map(AppDefinition.class::cast).orElseGet(() -> app(id)).toBuilder()
        .instances(wanted.instances())
        .env(env(wanted))
        .build();
  }

  static Wanted of(RunSpec spec) {
    SortedMap<String, String> env =
        switch (spec) {
          case AppDefinition app -> app.env();
          case PodDefinition pod -> pod.env();
        };
    return new Wanted(spec.instances(), Integer.parseInt(env.getOrDefault(REVISION, "0")));
  }

  private static SortedMap<String, String> env(Wanted wanted) {
    SortedMap<String, String> env = new TreeMap<>();
    env.put(REVISION, Integer.toString(wanted.revision()));
    return env;
  }

  private static AppDefinition app(AppId id) {
    UpgradeStrategy strategy = UpgradeStrategy.USUAL;
    if (id.equals(CART)) {
      strategy = new UpgradeStrategy(0.5, 0);
    } else if (id.equals(SEARCH)) {
      strategy = new UpgradeStrategy(0.5, 0.5);
    }
    return AppDefinition.builder(id)
        .cmd(Optional.of("serve"))
        .cpus(0.5)
        .mem(128)
        .upgradeStrategy(strategy)
        .dependencies(id.equals(CART) ? List.of(SEARCH) : List.of())
        .portDefinitions(
            List.of(new PortDefinition(0, Protocol.TCP, Optional.empty(), new TreeMap<>())))
        .build();
  }

  private static PodDefinition pod(AppId id, Wanted wanted) {
    return new PodDefinition(
        id,
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(),
        env(wanted),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(container("serve"), container("watch")),
        List.of(),
        List.of(new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>())),
        PodDefinition.Scheduling.USUAL.withInstances(wanted.instances()),
        ExecutorResources.USUAL,
        Optional.empty(),
        false,
        AppDefinition.UNVERSIONED,
        new VersionInfo(AppDefinition.UNVERSIONED, AppDefinition.UNVERSIONED));
  }

  private static PodContainer container(String name) {
    return new PodContainer(
        name,
        Optional.of(new CommandLine.Shell(name)),
        Optional.empty(),
        0.25,
        64,
        0,
        0,
        ResourceLimits.NONE,
        List.of(),
        Optional.empty(),
        new TreeMap<>(),
        new TreeMap<>(),
        Optional.empty(),
        new TreeMap<>(),
        List.of(),
        false,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }
}
