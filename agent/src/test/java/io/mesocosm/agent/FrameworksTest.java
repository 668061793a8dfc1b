package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import org.junit.jupiter.api.Test;

class FrameworksTest {
  private static final FrameworkId ID = new FrameworkId(AgentStory.FRAMEWORK);

  @Test
  void onlySoManyExecutorsAreRemembered() {
    Frameworks frameworks = new Frameworks(2, new Changes());
    frameworks.put(ID, AgentStory.framework());

    for (String task : new String[] {"a", "b", "c"}) {
      Executor executor =
          Executor.ofCommand(
              ID, AgentStory.task(task), new ContainerId("c-" + task), "/" + task, new Changes());
      frameworks.add(executor);
      assertThat(frameworks.completeIfIdle(executor)).isTrue();
    }

    assertThat(frameworks.snapshots().getFirst().completedExecutors())
        .extracting(executor -> executor.id().value())
        .containsExactly("b", "c");
  }
}
