package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.KillSelection;
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
import org.junit.jupiter.api.Test;

class KillOrderTest {
  private static final AppId APP = new AppId("/a");
  private static final AppDefinition PLAIN = AppDefinition.builder(APP).build();

  private static Instance instance(int number, Condition condition, String host) {
    Instant start = Instant.ofEpochSecond(number);
    InstanceId id = new InstanceId(APP, "00000000-0000-4000-8000-00000000000" + number);
    return new Instance(
        id,
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        condition,
        Goal.RUNNING,
        new Placement(
            host, host, new TreeMap<>(), Optional.empty(), Optional.empty(), "*", List.of()),
        List.of(InstanceTask.fresh(InstanceTask.APP, id.taskId(1), condition, start)),
        start,
        Optional.of(start),
        start,
        Optional.empty());
  }

  @Test
  void thoseThatDoLeastGoFirstThenTheYoungest() {
    Instance old = instance(1, Condition.RUNNING, "h");
    Instance young = instance(2, Condition.RUNNING, "h");
    Instance staging = instance(3, Condition.STAGING, "h");
    Instance lost = instance(4, Condition.UNREACHABLE, "h");
    List<Instance> all = List.of(old, young, staging, lost);
    assertThat(KillOrder.choose(PLAIN, all, 4)).containsExactly(lost, staging, young, old);
    AppDefinition oldest = PLAIN.toBuilder().killSelection(KillSelection.OLDEST_FIRST).build();
    assertThat(KillOrder.choose(oldest, all, 3)).containsExactly(lost, staging, old);
  }

  @Test
  void groupsAreEvenedOut() {
    AppDefinition grouped =
        PLAIN.toBuilder()
            .constraints(
                List.of(new Constraint("hostname", Constraint.Operator.GROUP_BY, Optional.empty())))
            .build();
    Instance a1 = instance(1, Condition.RUNNING, "a");
    Instance a2 = instance(2, Condition.RUNNING, "a");
    Instance a3 = instance(3, Condition.RUNNING, "a");
    Instance b4 = instance(4, Condition.RUNNING, "b");
    assertThat(KillOrder.choose(grouped, List.of(a1, a2, a3, b4), 2)).containsExactly(a3, a2);
  }
}
