package io.mesocosm.services.health;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Placement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** An instance of {@code /a} that runs on this machine, at the given ports. */
final class RunningHere {
  private RunningHere() {}

  static Instance at(Integer... ports) {
    InstanceId id = new InstanceId(new AppId("/a"), "00000000-0000-4000-8000-000000000001");
    return new Instance(
        id,
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        Condition.RUNNING,
        Goal.RUNNING,
        new Placement(
            "S",
            "127.0.0.1",
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty(),
            "*",
            List.of(ports)),
        List.of(
            InstanceTask.fresh(InstanceTask.APP, id.taskId(1), Condition.RUNNING, Instant.EPOCH)
                .withIpAddresses(List.of("127.0.0.1"))),
        Instant.EPOCH,
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty());
  }
}
