package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.protocol.JsonWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.TaskState;

/**
 * How many tasks there are in each state, by agent and by framework: for {@code /state-summary}.
 */
final class TaskTallies {
  private static final List<TaskState> SHOWN =
      List.of(
          TaskState.TASK_STAGING,
          TaskState.TASK_STARTING,
          TaskState.TASK_RUNNING,
          TaskState.TASK_KILLING,
          TaskState.TASK_FINISHED,
          TaskState.TASK_KILLED,
          TaskState.TASK_FAILED,
          TaskState.TASK_LOST,
          TaskState.TASK_ERROR,
          TaskState.TASK_UNREACHABLE);

  private static final class Tally {
    final Map<TaskState, Long> counts = new EnumMap<>(TaskState.class);
    final SortedSet<String> others = new TreeSet<>();
  }

  private final SortedMap<AgentId, Tally> byAgent = new TreeMap<>();
  private final SortedMap<FrameworkId, Tally> byFramework = new TreeMap<>();

  private TaskTallies() {}

  static TaskTallies of(MasterSnapshot snapshot) {
    TaskTallies tallies = new TaskTallies();
    snapshot.frameworks().values().stream()
        .flatMap(StateEndpoints::allTasks)
        .forEach(task -> {
          Tally agent = tallies.byAgent.computeIfAbsent(task.agent(), _ -> new Tally());
          agent.counts.merge(task.state(), 1L, Long::sum);
          agent.others.add(task.framework().value());
          Tally framework = tallies.byFramework.computeIfAbsent(task.framework(), _ -> new Tally());
          framework.counts.merge(task.state(), 1L, Long::sum);
          framework.others.add(task.agent().value());
        });
    return tallies;
  }

  void writeForAgent(JsonWriter json, AgentId agent) {
    write(json, byAgent.getOrDefault(agent, new Tally()), "framework_ids");
  }

  void writeForFramework(JsonWriter json, FrameworkId framework) {
    write(json, byFramework.getOrDefault(framework, new Tally()), "slave_ids");
  }

  private static void write(JsonWriter json, Tally tally, String othersName) {
    SHOWN.forEach(state -> json.field(state.name(), tally.counts.getOrDefault(state, 0L)));
    json.name(othersName).beginArray();
    tally.others.forEach(json::value);
    json.endArray();
  }
}
