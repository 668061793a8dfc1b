package io.mesocosm.master;

import static java.util.stream.Collectors.joining;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The operations of one ACCEPT, applied one after the other to what is left of its offers
 * (contracts/mesos-scheduler-api.md §6). What an operation makes of resources is booked at once:
 * the agent gets operations and tasks in this very order.
 */
final class AcceptedOffers {
  /**
   * What is allocated to the framework still and was not used.
   *
   * @param untouched as offered
   * @param made by operations, so that nobody has seen it in an offer yet (L10)
   */
  record Leftover(Resources untouched, Resources made) {}

  private final Framework framework;
  private final Agent agent;
  private final String role;
  private final OperationAccess access;
  private final Allocator allocator;
  private final Offers offers;
  private final Operations operations;
  private final Outbox outbox;
  private final Instant now;
  private Resources remaining;

  /** Of what remains, the part that operations made. */
  private Resources made = Resources.NONE;

  /** Made by operations whose result is not to be used yet. */
  private Resources later = Resources.NONE;

  AcceptedOffers(
      Framework framework,
      Agent agent,
      String role,
      Resources offered,
      OperationAccess access,
      Allocator allocator,
      Offers offers,
      Operations operations,
      Outbox outbox,
      Instant now) {
    this.framework = framework;
    this.agent = agent;
    this.role = role;
    this.remaining = offered;
    this.access = access;
    this.allocator = allocator;
    this.offers = offers;
    this.operations = operations;
    this.outbox = outbox;
    this.now = now;
  }

  Leftover apply(List<Operation> list) {
    for (Operation operation : list) {
      framework.tally().operated(operation.getType());
      switch (operation.getType()) {
        case LAUNCH -> {
          for (TaskInfo task : operation.getLaunch().getTaskInfosList()) {
            launch(operation, task);
          }
        }
        case LAUNCH_GROUP -> launchGroup(operation);
        case RESERVE,
            UNRESERVE,
            CREATE,
            DESTROY,
            GROW_VOLUME,
            SHRINK_VOLUME,
            CREATE_DISK,
            DESTROY_DISK ->
            convert(operation);
        case UNKNOWN -> outbox.count("master/operations/dropped");
      }
    }
    Resources untouched = remaining.minusAtMost(made);
    return new Leftover(untouched, remaining.minus(untouched).plus(later));
  }

  private void launch(Operation operation, TaskInfo given) {
    MappedTask task = MappedTask.of(TaskCompletion.complete(given, framework, role));
    TaskInfo info = task.info();
    Optional<String> forbidden = access.run(framework.info(), info, Optional.empty());
    if (forbidden.isPresent()) {
      refuse(List.of(info), forbidden.get(), TaskStatus.Reason.REASON_TASK_UNAUTHORIZED);
      return;
    }
    Optional<TaskRefusal> refusal =
        operation.hasId()
            ? Optional.of(new TaskRefusal("The 'id' field may not be set on a LAUNCH operation"))
            : TaskValidation.launch(task, framework, agent);
    boolean starts = refusal.isEmpty() && startsExecutor(task);
    if (refusal.isEmpty()) {
      refusal = take("Task", starts ? task.parts() : List.of(task.resources()));
    }
    if (refusal.isPresent()) {
      refuse(List.of(info), refusal.get().message(), TaskStatus.Reason.REASON_TASK_INVALID);
      return;
    }
    if (starts) {
      agent.addExecutor(framework.id(), info.getExecutor(), task.executorResources());
    }
    start(task, task.executor());
    outbox.toAgent(agent, run(List.of(info), Optional.empty()));
  }

  private boolean startsExecutor(MappedTask task) {
    return task.executor().filter(id -> !agent.hasExecutor(framework.id(), id)).isPresent();
  }

  private void launchGroup(Operation operation) {
    ExecutorInfo executor =
        TaskCompletion.complete(operation.getLaunchGroup().getExecutor(), framework, role);
    List<TaskInfo> infos = new ArrayList<>();
    List<MappedTask> tasks = new ArrayList<>();
    for (TaskInfo given : operation.getLaunchGroup().getTaskGroup().getTasksList()) {
      MappedTask task = MappedTask.of(TaskCompletion.complete(given, framework, role));
      tasks.add(task);
      infos.add(task.info());
    }
    Optional<String> forbidden =
        infos.stream()
            .flatMap(info -> access.run(framework.info(), info, Optional.of(executor)).stream())
            .findFirst();
    if (forbidden.isPresent()) {
      refuse(infos, forbidden.get(), TaskStatus.Reason.REASON_TASK_GROUP_UNAUTHORIZED);
      return;
    }
    MappedTask.Part own = MappedTask.map(executor.getResourcesList());
    Optional<TaskRefusal> refusal =
        operation.hasId()
            ? Optional.of(
                new TaskRefusal("The 'id' field may not be set on a LAUNCH_GROUP operation"))
            : GroupValidation.problem(executor, own, tasks, framework, agent);
    boolean starts = false;
    if (refusal.isEmpty()) {
      List<Resources> parts = new ArrayList<>();
      starts =
          !agent.hasExecutor(framework.id(), new ExecutorId(executor.getExecutorId().getValue()));
      if (starts) {
        parts.add(own.resources());
      }
      tasks.forEach(task -> parts.add(task.resources()));
      refusal = take("Task group", parts);
    }
    if (refusal.isPresent()) {
      refuse(infos, refusal.get().message(), TaskStatus.Reason.REASON_TASK_GROUP_INVALID);
      return;
    }
    if (starts) {
      agent.addExecutor(framework.id(), executor, own.resources());
    }
    Optional<ExecutorId> id = Optional.of(new ExecutorId(executor.getExecutorId().getValue()));
    tasks.forEach(task -> start(task, id));
    outbox.toAgent(agent, run(infos, Optional.of(executor)));
  }

  /**
   * Takes the parts away one after the other and not their sum, in which ports that two of them
   * claim would count once (V9); all of them or none.
   */
  private Optional<TaskRefusal> take(String what, List<Resources> parts) {
    Resources left = remaining;
    Resources copies = Resources.NONE;
    for (Resources part : parts) {
      Resources shared = sharedOf(part);
      Optional<Resources> rest =
          shared.isEmpty() ? left.tryMinus(part) : left.tryMinus(part.nonShared());
      if (rest.isEmpty() || !remaining.contains(shared)) {
        return Optional.of(
            new TaskRefusal(
                what
                    + " uses more resources "
                    + parts.stream()
                        .filter(each -> !each.isEmpty())
                        .map(Resources::toString)
                        .collect(joining(" and "))
                    + " than available "
                    + remaining));
      }
      left = rest.get();
      copies = copies.plus(shared);
    }
    if (!copies.isEmpty()) {
      // The offer's own copy stays for whoever comes next.
      allocator.convertAllocated(framework.id(), agent.id(), Resources.NONE, copies);
      allocator.updateAgent(agent.id(), AgentTermsOf.agent(agent));
    }
    remaining = left;
    return Optional.empty();
  }

  private static Resources sharedOf(Resources resources) {
    for (Resource entry : resources.entries()) {
      if (entry.shared()) {
        return resources.shared();
      }
    }
    return Resources.NONE;
  }

  private void start(MappedTask mapped, Optional<ExecutorId> executor) {
    Task task = new Task(mapped.info(), framework.id(), mapped.resources(), executor);
    framework.add(task);
    agent.add(task);
    outbox.count("master/tasks_launched");
  }

  private void refuse(List<TaskInfo> tasks, String message, TaskStatus.Reason reason) {
    for (TaskInfo task : tasks) {
      TaskStatus status =
          Statuses.of(
              task.getTaskId(),
              Optional.of(task.getAgentId()),
              TaskState.TASK_ERROR,
              reason,
              message,
              now);
      TaskMetrics.count(framework, TaskState.TASK_ERROR, status, outbox);
      outbox.toScheduler(framework, Statuses.update(status));
    }
  }

  private LinkEvent run(List<TaskInfo> tasks, Optional<ExecutorInfo> executor) {
    LinkEvent.RunTasks.Builder run =
        LinkEvent.RunTasks.newBuilder().setFrameworkInfo(framework.info()).addAllTasks(tasks);
    executor.ifPresent(run::setExecutor);
    return LinkEvent.newBuilder().setType(LinkEvent.Type.RUN_TASKS).setRunTasks(run).build();
  }

  private void convert(Operation operation) {
    Optional<String> problem =
        unanswerable(operation).or(() -> access.operate(framework.info(), operation, agent));
    if (problem.isPresent()) {
      operations.refuse(framework, operation, agent.id(), problem.get());
      return;
    }
    switch (ResourceOperations.byFramework(operation, agent, framework, role)) {
      case ResourceOperations.Refused(String why) ->
          operations.refuse(
              framework,
              operation,
              agent.id(),
              "Invalid " + operation.getType() + " operation: " + why);
      case ResourceOperations.Conversion(Resources consumed, Resources converted) -> {
        if (remaining.contains(consumed) && agent.total().contains(consumed.unallocated())) {
          convert(operation, consumed, converted);
        } else {
          operations.refuse(
              framework,
              operation,
              agent.id(),
              "Invalid "
                  + operation.getType()
                  + " operation: it needs "
                  + consumed
                  + " and what is left of the offers is "
                  + remaining);
        }
      }
    }
  }

  private void convert(Operation operation, Resources consumed, Resources converted) {
    if (operation.getType() == Operation.Type.DESTROY) {
      offers.rescindHolding(agent.id(), consumed.shared().unallocated(), now);
    }
    allocator.convertAllocated(framework.id(), agent.id(), consumed, converted);
    agent.convertTotal(consumed.unallocated(), converted.unallocated());
    remaining = remaining.minus(consumed);
    made = made.minusAtMost(consumed);
    if (operation.getType() == Operation.Type.GROW_VOLUME
        || operation.getType() == Operation.Type.SHRINK_VOLUME) {
      later = later.plus(converted);
    } else {
      remaining = remaining.plus(converted);
      made = made.plus(converted);
    }
    operations.start(agent, Optional.of(framework), operation, now);
  }

  /** Why an operation whose outcome the framework wants to hear of cannot be done, if so. */
  private Optional<String> unanswerable(Operation operation) {
    if (!operation.hasId()) {
      return Optional.empty();
    }
    if (operations.isKnown(framework.id(), operation.getId())) {
      return Optional.of(
          "Operation id '"
              + operation.getId().getValue()
              + "' is in use by an operation that was not acknowledged yet");
    }
    return agent.capabilities().contains("AGENT_OPERATION_FEEDBACK")
        ? Optional.empty()
        : Optional.of(
            "Agent "
                + agent.id()
                + " lacks the AGENT_OPERATION_FEEDBACK capability: leave out the operation's id");
  }
}
