package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Environment.Variable;
import org.junit.jupiter.api.Test;

/** What tasks are told of their outermost group (contracts/marathon-api.md §12). */
class EnforcedRoleTest {
  private final World world = World.ready();

  private static AppDefinition app(String id) {
    return AppDefinition.builder(new AppId(id))
        .cmd(Optional.of("sleep 1000"))
        .instances(1)
        .cpus(1)
        .mem(128)
        .build();
  }

  private void enforce(String group, boolean enforced) {
    GroupDefinition said =
        new GroupDefinition(new AppId(group), List.of(), enforced, AppDefinition.UNVERSIONED);
    world.ask(Asks.all(world.nextRequest(), List.of(new Wish.PutGroup(said)), false));
  }

  private List<String> told(String app) {
    return world.tasks.values().stream()
        .filter(task -> task.getTaskId().getValue().startsWith(new AppId(app).taskPrefix() + "."))
        .flatMap(task -> task.getCommand().getEnvironment().getVariablesList().stream())
        .filter(variable -> variable.getName().equals("MARATHON_APP_ENFORCE_GROUP_ROLE"))
        .map(Variable::getValue)
        .toList();
  }

  @Test
  void tasksKnowWhetherTheirGroupEnforcesItsRole() {
    enforce("/dev", true);
    for (String id : List.of("/dev/deep/in", "/ops/out", "/alone")) {
      world.create(app(id));
    }

    world.offer("a", 8, 8000);

    assertThat(told("/dev/deep/in")).containsExactly("TRUE");
    assertThat(told("/ops/out")).containsExactly("FALSE");
    assertThat(told("/alone")).containsExactly("FALSE");
  }

  @Test
  void whatTheGroupSaysLaterIsForLaterTasks() {
    enforce("/dev", false);
    AppDefinition app = app("/dev/in").toBuilder().instances(6).build();
    world.create(app);
    world.offer("a", 100, 100_000);
    assertThat(told("/dev/in")).hasSize(5).containsOnly("FALSE");
    enforce("/dev", true);

    world.offer("b", 100, 100_000);

    assertThat(told("/dev/in")).hasSize(6).endsWith("TRUE");
  }
}
