package io.mesocosm.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What only the benchmark of the services scheduler is asked for. */
final class ServicesSettings {
  /** What can be measured by itself. */
  enum Part {
    /** Apps of one instance, deployed one by one. */
    APPS,
    /** One app from none to many instances. */
    SCALE,
    /** The list of all apps with their tasks, with and without deployments. */
    READS,
    /** The leader killed. */
    FAILOVER
  }

  @Option(
      names = "--parts",
      split = ",",
      paramLabel = "PART",
      description = "services: of ${COMPLETION-CANDIDATES}; all if not given")
  private List<Part> parts = new ArrayList<>();

  @Option(
      names = "--apps",
      paramLabel = "N",
      description = "services: how many apps (${DEFAULT-VALUE})")
  private int apps = 1000;

  @Option(
      names = "--instances",
      split = ",",
      paramLabel = "N",
      description = "services: how far one app is scaled (10000,100000)")
  private List<Integer> instances = new ArrayList<>();

  @Option(
      names = "--per-offer",
      split = ",",
      paramLabel = "N",
      description =
          "services: --max_instances_per_offer to scale with, one after the other (5,100); the"
              + " other parts take the first")
  private List<Integer> perOffer = new ArrayList<>();

  @Option(
      names = "--deployment-rate",
      paramLabel = "N",
      description = "services: deployments a second beside the reads (${DEFAULT-VALUE})")
  private int deploymentRate = 10;

  @Option(
      names = "--services-java-options",
      paramLabel = "OPTIONS",
      description = "of each services scheduler (${DEFAULT-VALUE})")
  private String javaOptions = "-Xmx2g";

  @Option(
      names = "--services-flags",
      paramLabel = "FLAGS",
      description = "more flags of the services schedulers, apart by spaces")
  private String flags = "";

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      description = "services: how long one step may take (${DEFAULT-VALUE})")
  private long limitSeconds = 600;

  @Option(
      names = "--profile",
      arity = "0..1",
      split = ",",
      fallbackValue = "services",
      paramLabel = "ROLE",
      description = "services: print the hottest frames of services (the usual), master, zookeeper")
  private Set<String> profiled = new LinkedHashSet<>();

  @Option(
      names = "--warm",
      paramLabel = "N",
      description =
          "services: before anything is measured another app is scaled to so many instances and"
              + " back to none (${DEFAULT-VALUE}: all JVMs are new to the work)")
  private int warm;

  @Option(names = "--strict", description = "services: fail if a goal is missed")
  private boolean strict;

  boolean measures(Part part) {
    return parts.isEmpty() || parts.contains(part);
  }

  int apps() {
    return apps;
  }

  List<Integer> instances() {
    return instances.isEmpty() ? List.of(10_000, 100_000) : instances;
  }

  List<Integer> perOffer() {
    return perOffer.isEmpty() ? List.of(5, 100) : perOffer;
  }

  int deploymentRate() {
    return deploymentRate;
  }

  String javaOptions() {
    return javaOptions;
  }

  String flags() {
    return flags;
  }

  long limitSeconds() {
    return limitSeconds;
  }

  Set<String> profiled() {
    return profiled;
  }

  int warm() {
    return warm;
  }

  boolean strict() {
    return strict;
  }
}
