package io.mesocosm.master;

import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.ExecutorView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A copy of a master's state, kept from its {@link MasterChanges} beside it, so that readers cost
 * the master no more than telling what changed. Sums and lists are made here, and only of what has
 * changed since the last snapshot. Owned by one thread, which is not the master's.
 */
public final class MasterMirror {
  /** One framework's parts, and what a reader was shown of them last. */
  private static final class Copy {
    FrameworkView bare;
    final SortedMap<TaskId, TaskView> tasks = new TreeMap<>();
    final SequencedMap<TaskId, TaskView> unreachable = new LinkedHashMap<>();
    final Deque<TaskView> completed = new ArrayDeque<>();
    final SortedMap<OfferId, Offer> offers = new TreeMap<>();
    Optional<FrameworkView> shown = Optional.empty();

    Copy(FrameworkView bare) {
      this.bare = bare;
    }
  }

  private static final class Machine {
    AgentView bare;
    final Map<TaskView.Key, TaskView> tasks = new LinkedHashMap<>();
    final SortedMap<OfferId, Offer> offers = new TreeMap<>();
    Optional<AgentView> shown = Optional.empty();

    Machine(AgentView bare) {
      this.bare = bare;
    }
  }

  private final int completedFrameworksMax;
  private final int completedTasksMax;
  private final SortedMap<FrameworkId, Copy> frameworks = new TreeMap<>();
  private final Deque<FrameworkView> completedFrameworks = new ArrayDeque<>();
  private final SortedMap<AgentId, Machine> agents = new TreeMap<>();
  private final Map<OfferId, Offer> offers = new LinkedHashMap<>();
  private Optional<MasterChanges> last = Optional.empty();
  private Optional<MasterSnapshot> snapshot = Optional.empty();

  public MasterMirror(int completedFrameworksMax, int completedTasksMax) {
    this.completedFrameworksMax = completedFrameworksMax;
    this.completedTasksMax = completedTasksMax;
  }

  public void apply(MasterChanges changes) {
    last = Optional.of(changes);
    snapshot = Optional.empty();
    changes.agents().forEach(this::agent);
    changes.frameworks().forEach(this::framework);
    changes.completedTasks().forEach(this::completed);
    changes.tasks().forEach(this::live);
    changes.unreachableTasks().forEach(this::unreachable);
    changes.goneOffers().forEach(this::gone);
    changes.offers().forEach(this::offered);
    changes.completedFrameworks().forEach(this::completed);
    changes.removedAgents().forEach(agents::remove);
  }

  /** The whole as of the last changes. */
  public MasterSnapshot snapshot() {
    MasterSnapshot whole = snapshot.orElseGet(this::assemble);
    snapshot = Optional.of(whole);
    return whole;
  }

  private MasterSnapshot assemble() {
    MasterChanges latest =
        last.orElseThrow(() -> new IllegalStateException("no changes were ever applied"));
    Map<FrameworkId, List<ExecutorView>> executors = new TreeMap<>();
    SortedMap<AgentId, AgentView> agentViews = new TreeMap<>();
    agents.forEach((id, machine) -> {
      agentViews.put(id, show(machine));
      machine
          .bare
          .executors()
          .forEach(executor ->
              executors
                  .computeIfAbsent(executor.framework(), _ -> new ArrayList<>())
                  .add(executor));
    });
    SortedMap<FrameworkId, FrameworkView> frameworkViews = new TreeMap<>();
    frameworks.forEach(
        (id, copy) -> frameworkViews.put(id, show(copy, executors.getOrDefault(id, List.of()))));
    return new MasterSnapshot(
        Collections.unmodifiableSortedMap(agentViews),
        Collections.unmodifiableSortedMap(frameworkViews),
        List.copyOf(completedFrameworks),
        latest.decisions(),
        latest.shares());
  }

  private void agent(AgentView bare) {
    Machine machine = agents.computeIfAbsent(bare.id(), _ -> new Machine(bare));
    if (!machine.bare.executors().equals(bare.executors())) {
      Set<FrameworkId> touched = new HashSet<>();
      machine.bare.executors().forEach(executor -> touched.add(executor.framework()));
      bare.executors().forEach(executor -> touched.add(executor.framework()));
      touched.forEach(this::touch);
    }
    machine.bare = bare;
    machine.shown = Optional.empty();
  }

  private void framework(FrameworkView bare) {
    Copy copy = frameworks.computeIfAbsent(bare.id(), _ -> new Copy(bare));
    copy.bare = bare;
    copy.shown = Optional.empty();
  }

  private void live(TaskView task) {
    Copy copy = frameworks.get(task.framework());
    if (copy != null) {
      copy.unreachable.remove(task.id());
      copy.tasks.put(task.id(), task);
      copy.shown = Optional.empty();
    }
    onAgent(task, task.holdsResources());
  }

  private void unreachable(TaskView task) {
    Copy copy = frameworks.get(task.framework());
    if (copy != null) {
      copy.tasks.remove(task.id());
      copy.unreachable.put(task.id(), task);
      copy.shown = Optional.empty();
    }
    onAgent(task, false);
  }

  private void completed(TaskView task) {
    Copy copy = frameworks.get(task.framework());
    if (copy != null) {
      copy.tasks.remove(task.id());
      copy.unreachable.remove(task.id());
      copy.completed.addLast(task);
      while (copy.completed.size() > completedTasksMax) {
        copy.completed.removeFirst();
      }
      copy.shown = Optional.empty();
    }
    onAgent(task, false);
  }

  private void onAgent(TaskView task, boolean uses) {
    Machine machine = agents.get(task.agent());
    if (machine != null) {
      if (uses) {
        machine.tasks.put(task.key(), task);
      } else {
        machine.tasks.remove(task.key());
      }
      machine.shown = Optional.empty();
    }
  }

  private void completed(FrameworkView bare) {
    Copy copy = frameworks.remove(bare.id());
    if (copy == null) {
      copy = new Copy(bare);
    }
    copy.bare = bare;
    copy.offers.clear();
    completedFrameworks.addLast(show(copy, List.of()));
    while (completedFrameworks.size() > completedFrameworksMax) {
      completedFrameworks.removeFirst();
    }
  }

  private void offered(Offer offer) {
    offers.put(offer.id(), offer);
    Optional.ofNullable(frameworks.get(offer.framework()))
        .ifPresent(copy -> {
          copy.offers.put(offer.id(), offer);
          copy.shown = Optional.empty();
        });
    Optional.ofNullable(agents.get(offer.agent()))
        .ifPresent(machine -> {
          machine.offers.put(offer.id(), offer);
          machine.shown = Optional.empty();
        });
  }

  private void gone(OfferId id) {
    Offer offer = offers.remove(id);
    if (offer == null) {
      return; // made and taken between two looks
    }
    Optional.ofNullable(frameworks.get(offer.framework()))
        .ifPresent(copy -> {
          copy.offers.remove(id);
          copy.shown = Optional.empty();
        });
    Optional.ofNullable(agents.get(offer.agent()))
        .ifPresent(machine -> {
          machine.offers.remove(id);
          machine.shown = Optional.empty();
        });
  }

  private void touch(FrameworkId id) {
    Optional.ofNullable(frameworks.get(id)).ifPresent(copy -> copy.shown = Optional.empty());
  }

  private static AgentView show(Machine machine) {
    if (machine.shown.isEmpty()) {
      List<Resource> used = new ArrayList<>();
      machine.tasks.values().forEach(task -> used.addAll(task.resources().entries()));
      machine.bare.executors().forEach(executor -> used.addAll(executor.resources().entries()));
      machine.shown =
          Optional.of(
              machine.bare.withUse(
                  Resources.of(used),
                  ShownSum.of(machine.offers.values().stream().map(Offer::resources).toList())));
    }
    return machine.shown.orElseThrow();
  }

  private static FrameworkView show(Copy copy, List<ExecutorView> executors) {
    if (copy.shown.isEmpty()) {
      List<Resources> used = new ArrayList<>();
      for (TaskView task : copy.tasks.values()) {
        if (task.holdsResources()) {
          used.add(task.resources());
        }
      }
      executors.forEach(executor -> used.add(executor.resources()));
      copy.shown =
          Optional.of(
              copy.bare.with(
                  List.copyOf(copy.tasks.values()),
                  List.copyOf(copy.unreachable.values()),
                  List.copyOf(copy.completed),
                  List.copyOf(executors),
                  List.copyOf(copy.offers.values()),
                  ShownSum.of(used),
                  ShownSum.of(copy.offers.values().stream().map(Offer::resources).toList())));
    }
    return copy.shown.orElseThrow();
  }
}
