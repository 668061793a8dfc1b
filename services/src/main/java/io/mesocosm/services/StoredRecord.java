package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;

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

  /** The present definition of an app. */
  record AppRecord(AppDefinition app) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(app.id());
    }

    static String pathOf(AppId app) {
      return "/apps/" + escaped(app);
    }
  }

  /** A definition that an app has or had, under its version. */
  record VersionRecord(AppDefinition app) implements StoredRecord {
    @Override
    public String path() {
      return pathOf(app.id(), app.version());
    }

    static String pathOf(AppId app, Instant version) {
      return "/versions/" + escaped(app) + "@" + version;
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

  private static String escaped(AppId app) {
    return app.path().substring(1).replace("/", "%2F");
  }
}
