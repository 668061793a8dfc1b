package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * What the store keeps, one record an entity. The core speaks of records; how they become bytes is
 * the shell's affair.
 */
public sealed interface StoredRecord {
  /** Where it lies in the store, e.g. {@code /apps/shop%2Fcart}; unique to the entity. */
  String path();

  /** The id that the master knows us by; reused for good once we have it. */
  record FrameworkRecord(String frameworkId) implements StoredRecord {
    @Override
    public String path() {
      return "/framework";
    }
  }

  /** The present definition of an app or a pod. */
  record SpecRecord(RunSpec spec) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(spec.id());
    }

    static String pathOf(AppId app) {
      return "/apps/" + escaped(app);
    }
  }

  /** A definition that an app or a pod has or had, under its version. */
  record VersionRecord(RunSpec spec) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(spec.id(), spec.version());
    }

    static String pathOf(AppId app, Instant version) {
      return "/versions/" + escaped(app) + "@" + version;
    }
  }

  /** An earlier definition of an app or a pod was put back. */
  record PutBackRecord(AppId app, Instant at, Instant version) implements StoredRecord {
    @Override
    public String path() {
      return VersionRecord.pathOf(app, at);
    }
  }

  /** An app or a pod was deleted. */
  record DeletedRecord(AppId app, Instant at) implements StoredRecord {
    @Override
    public String path() {
      return VersionRecord.pathOf(app, at);
    }
  }

  /** What is said of a group at present. */
  record GroupRecord(GroupDefinition group) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(group.id());
    }

    static String pathOf(AppId group) {
      return "/groups/" + (group.isRoot() ? "%2F" : escaped(group));
    }
  }

  /** What is or was said of a group, under its version. */
  record GroupVersionRecord(GroupDefinition group) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(group.id(), group.version());
    }

    static String pathOf(AppId group, Instant version) {
      return "/groupversions/" + (group.isRoot() ? "%2F" : escaped(group)) + "@" + version;
    }
  }

  /** A group was deleted. */
  record GroupDeletedRecord(AppId group, Instant at) implements StoredRecord {
    @Override
    public String path() {
      return GroupVersionRecord.pathOf(group, at);
    }
  }

  /** A deployment under way. */
  record DeploymentRecord(Deployment deployment) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(deployment.id());
    }

    static String pathOf(DeploymentId deployment) {
      return "/deployments/" + deployment;
    }
  }

  /** An instance that may exist on an agent. */
  record InstanceRecord(Instance instance) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(instance.id());
    }

    static String pathOf(InstanceId instance) {
      return "/instances/" + instance;
    }
  }

  /** What an agent may still keep for an instance that is no more. */
  record LeftoverRecord(Leftover leftover) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(leftover.reservation());
    }

    static String pathOf(String reservation) {
      return "/leftovers/" + reservation;
    }
  }

  /** What a request that named a key was answered. */
  record AnswerRecord(GivenAnswer answer) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(answer.key());
    }

    static String pathOf(String key) {
      return "/answers/" + key;
    }
  }

  /** The configurations of an app or a pod that are not launched any more; never none. */
  record HaltRecord(AppId app, List<LaunchHalt> halts) implements StoredRecord {
    public HaltRecord {
      halts = List.copyOf(halts);
    }

    @Override
    public String path() {
      return pathOf(app);
    }

    static String pathOf(AppId app) {
      return "/halts/" + escaped(app);
    }
  }

  private static String escaped(AppId app) {
    return app.path().substring(1).replace("/", "%2F");
  }
}
