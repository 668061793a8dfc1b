package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** All state of {@link Services}, and which apps of it changed since somebody looked. */
final class ServicesState {
  final ServicesConfig config;
  final Specs specs = new Specs();
  final Instances instances = new Instances(this::standing, this::becameReady);
  final Deployments deployments = new Deployments();
  final LaunchQueue queue;
  final Backoff backoff = new Backoff();
  final LaunchAttempts attempts = new LaunchAttempts();
  final Health health = new Health();
  final Readiness readiness = new Readiness();
  final Routing routing = new Routing();
  final Answers answers = new Answers();
  final Departures departures = new Departures();
  final Leftovers leftovers = new Leftovers();
  private final RandomGenerator random;
  private final SortedSet<InstanceId> unproven = new TreeSet<>();
  private final SortedSet<AppId> touched = new TreeSet<>();
  private final SortedSet<AppId> unseen = new TreeSet<>();
  private Instant lastVersion = Instant.EPOCH;
  private long generation;
  private Instant loadedAt = Instant.EPOCH;

  ServicesState(ServicesConfig config, RandomGenerator random) {
    this.config = config;
    this.queue = new LaunchQueue(config.declineDuration());
    this.random = random;
  }

  /** Something about the app changed: it is looked after before the command ends. */
  void touch(AppId app) {
    touched.add(app);
    unseen.add(app);
  }

  /** Something changed that only readers care for. */
  void showAgain(AppId app) {
    unseen.add(app);
  }

  List<AppId> takeTouched() {
    List<AppId> taken = new ArrayList<>(touched);
    touched.clear();
    return taken;
  }

  List<AppId> takeUnseen() {
    List<AppId> taken = new ArrayList<>(unseen);
    unseen.clear();
    return taken;
  }

  /** Something outside the instance has changed what it counts for, its health for instance. */
  void judge(InstanceId instance) {
    instances.judge(instance);
    touch(instance.app());
  }

  /** Grows with every change of definitions. */
  long generation() {
    return generation;
  }

  /** Tells this process from others. */
  Instant loadedAt() {
    return loadedAt;
  }

  void loaded(Instant now) {
    loadedAt = now;
  }

  void definitionsChanged() {
    generation++;
  }

  /** In whole milliseconds as the API shows them, each later than all before. */
  Instant nextVersion(Instant now) {
    Instant version = now.truncatedTo(ChronoUnit.MILLIS);
    if (!version.isAfter(lastVersion)) {
      version = lastVersion.plusMillis(1);
    }
    lastVersion = version;
    return version;
  }

  void sawVersion(Instant version) {
    lastVersion = version.isAfter(lastVersion) ? version : lastVersion;
  }

  /** A random UUID (version 4) out of the injected source. */
  String nextUuid() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  /** All that the store should hold, by path, except for who we are to the master. */
  SortedMap<String, StoredRecord> records() {
    List<StoredRecord> records = new ArrayList<>();
    specs.all().forEach(spec -> records.add(new StoredRecord.SpecRecord(spec)));
    specs.history().forEachVersion((id, at, content) -> records.add(version(id, at, content)));
    specs.groups().all().forEach(group -> records.add(new StoredRecord.GroupRecord(group)));
    specs
        .groups()
        .forEachVersion((id, at, content) ->
            records.add(
                content
                    .<StoredRecord>map(StoredRecord.GroupVersionRecord::new)
                    .orElse(new StoredRecord.GroupDeletedRecord(id, at))));
    deployments
        .running()
        .forEach(running -> records.add(new StoredRecord.DeploymentRecord(running)));
    instances.all().forEach(instance -> records.add(new StoredRecord.InstanceRecord(instance)));
    leftovers.all().forEach(leftover -> records.add(new StoredRecord.LeftoverRecord(leftover)));
    answers.all().forEach(answer -> records.add(new StoredRecord.AnswerRecord(answer)));
    records.addAll(attempts.records());
    SortedMap<String, StoredRecord> byPath = new TreeMap<>();
    records.forEach(record -> byPath.put(record.path(), record));
    return byPath;
  }

  private static StoredRecord version(AppId id, Instant at, Optional<RunSpec> content) {
    if (content.isEmpty()) {
      return new StoredRecord.DeletedRecord(id, at);
    }
    RunSpec spec = content.get();
    return spec.version().equals(at)
        ? new StoredRecord.VersionRecord(spec)
        : new StoredRecord.PutBackRecord(id, at, spec.version());
  }

  /** Judged by what it was launched with. Without any definition there is nothing to check. */
  private Tally.Standing standing(Instance instance) {
    Optional<RunSpec> spec = specs.definition(instance);
    return Tally.Standing.of(
        instance,
        spec.map(is -> isReady(instance, is)).orElse(instance.isRunning()),
        spec.map(is -> health.isServing(instance, is)).orElse(instance.isRunning()),
        spec.flatMap(is -> health.isHealthy(instance, is)));
  }

  private boolean isReady(Instance instance, RunSpec spec) {
    return health.isReady(instance, spec)
        && !unproven.contains(instance.id())
        && readiness.isReady(instance)
        && (!spec.upgradeStrategy().waitForRouting() || routing.isShown(instance));
  }

  /**
   * Whether it is to run for a while before a deployment counts on it: its owner wants to be told
   * of a version that does not work, and nothing but time can show that it does.
   */
  boolean mustProve(RunSpec spec) {
    return spec.launchLimit().isLimited() && !Health.isChecked(spec);
  }

  void unproven(InstanceId instance) {
    unproven.add(instance);
    judge(instance);
  }

  boolean isUnproven(InstanceId instance) {
    return unproven.contains(instance);
  }

  /** It has run for long enough, or is no more. */
  void proven(InstanceId instance) {
    if (unproven.remove(instance)) {
      judge(instance);
    }
  }

  /** Whether a deployment may count on it. */
  boolean isReady(Instance instance) {
    return standing(instance).ready();
  }

  /** Whether it does its work as far as is known. */
  boolean isServing(Instance instance) {
    return standing(instance).serving();
  }

  private void becameReady(Instance instance) {
    specs
        .definition(instance)
        .ifPresent(spec -> attempts.ready(instance, Health.isChecked(spec), this::isUp));
  }

  /**
   * An instance that is wanted ended by itself, or is to be ended as no good.
   *
   * @param how for people
   */
  void launchFailed(Instance instance, String how, Instant now) {
    specs
        .definition(instance)
        .filter(spec -> !hasComeUp(instance, spec, now))
        .ifPresent(spec -> attempts.failed(instance, spec, how, now, this::isUp));
  }

  private boolean hasComeUp(Instance instance, RunSpec spec, Instant now) {
    if (instance.startedAt().isEmpty()) {
      return false;
    }
    Instant started = instance.startedAt().get();
    if (started.isBefore(loadedAt)) {
      // What it showed to the process before us is not known, and not held against it.
      return true;
    }
    return Health.isChecked(spec)
        ? health.hasBeenHealthy(instance, spec)
        : !started.plus(LaunchAttempts.STEADY).isAfter(now);
  }

  private boolean isUp(InstanceId id) {
    return instances.get(id).filter(is -> is.wanted() && is.isRunning()).isPresent();
  }

  String roleOf(RunSpec app) {
    return app.role().orElse(config.role());
  }
}
