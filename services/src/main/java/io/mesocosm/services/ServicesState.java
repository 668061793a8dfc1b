package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** All state of {@link Services}, and which apps of it changed since somebody looked. */
final class ServicesState {
  final ServicesConfig config;
  final Apps apps = new Apps();
  final Instances instances = new Instances();
  final Deployments deployments = new Deployments();
  final LaunchQueue queue = new LaunchQueue();
  final Backoff backoff = new Backoff();
  final Health health = new Health();
  private final RandomGenerator random;
  private final SortedSet<AppId> touched = new TreeSet<>();
  private final SortedSet<AppId> unseen = new TreeSet<>();
  private Instant lastVersion = Instant.EPOCH;

  ServicesState(ServicesConfig config, RandomGenerator random) {
    this.config = config;
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
    for (AppDefinition app : apps.all()) {
      records.add(new StoredRecord.AppRecord(app));
      // those of a deleted app are kept for its last instances only, and not stored
      apps.versions(app.id())
          .values()
          .forEach(version -> records.add(new StoredRecord.VersionRecord(version)));
    }
    deployments
        .running()
        .forEach(running -> records.add(new StoredRecord.DeploymentRecord(running)));
    instances.all().forEach(instance -> records.add(new StoredRecord.InstanceRecord(instance)));
    SortedMap<String, StoredRecord> byPath = new TreeMap<>();
    records.forEach(record -> byPath.put(record.path(), record));
    return byPath;
  }

  /** What the instance was launched with. Without any definition there is nothing to check. */
  boolean isReady(Instance instance) {
    return apps.definition(instance)
        .map(app -> health.isReady(instance, app))
        .orElse(instance.isRunning());
  }

  boolean isServing(Instance instance) {
    return apps.definition(instance)
        .map(app -> health.isServing(instance, app))
        .orElse(instance.isRunning());
  }

  String roleOf(AppDefinition app) {
    return app.role().orElse(config.role());
  }
}
