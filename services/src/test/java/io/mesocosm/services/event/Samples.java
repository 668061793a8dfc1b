package io.mesocosm.services.event;

import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Placement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Things that happen, to be shown. */
final class Samples {
  static final Instant NOW = Instant.parse("2014-03-01T23:29:30.158Z");
  static final Instant VERSION = Instant.parse("2014-03-01T23:00:00.001Z");
  static final AppId WEB = new AppId("/shop/web");
  static final AppId DB = new AppId("/shop/db");
  static final AppDefinition WEB_APP =
      AppDefinition.builder(WEB).cmd(Optional.of("sleep 1")).version(VERSION).build();
  static final Instance INSTANCE = instance();
  static final HealthCheck CHECK =
      new HealthCheck(
          HealthCheck.Kind.HTTP,
          Optional.of("/up"),
          Optional.of(0),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(300),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          3,
          Duration.ofSeconds(15),
          false);
  static final Deployment DEPLOYMENT =
      new Deployment(
          new DeploymentId("867ed450-f6a8-4d33-9b0e-e11c5513990b"),
          VERSION,
          List.of(
              new Deployment.Change(DB, false, Optional.of(VERSION), Optional.empty()),
              new Deployment.Change(WEB, true, Optional.empty(), Optional.of(VERSION))),
          List.of(
              new Deployment.Step(List.of(new Deployment.Action(Deployment.Kind.STOP, DB, false))),
              new Deployment.Step(List.of(new Deployment.Action(Deployment.Kind.START, WEB, true))),
              new Deployment.Step(
                  List.of(new Deployment.Action(Deployment.Kind.SCALE, WEB, true)))),
          0);

  private Samples() {}

  private static Instance instance() {
    InstanceId id = new InstanceId(WEB, "01234567-89ab-4def-8123-456789abcdef");
    return new Instance(
        id,
        1,
        VERSION,
        VERSION,
        Condition.RUNNING,
        Goal.RUNNING,
        new Placement(
            "agent-1",
            "host-1",
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty(),
            "*",
            List.of(31000, 0, 31001)),
        List.of(
            InstanceTask.fresh(InstanceTask.APP, id.taskId(1), Condition.RUNNING, VERSION)
                .with(Condition.RUNNING, "TASK_RUNNING", "", VERSION)
                .withIpAddresses(List.of("10.0.0.7", "fd00::7"))),
        VERSION,
        Optional.of(VERSION),
        VERSION,
        Optional.empty());
  }

  static Deployment atStep(int step) {
    return new Deployment(
        DEPLOYMENT.id(), DEPLOYMENT.version(), DEPLOYMENT.changes(), DEPLOYMENT.steps(), step);
  }

  static ServicesEvent noticed(ServicesNotice notice) {
    return new ServicesEvent.Noticed(notice);
  }

  /** An event that is shown as {@code app_terminated_event} of {@code /number}. */
  static ServicesEvent numbered(int number) {
    return noticed(new ServicesNotice.AppTerminated(new AppId("/" + number)));
  }
}
