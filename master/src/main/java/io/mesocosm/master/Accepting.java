package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.OfferId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Turns accepted offers into tasks (contracts/mesos-scheduler-api.md §5, §6). An offer is taken out
 * of the books before anything else, so it is used once, whatever comes of its operations.
 */
final class Accepting {
  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Outbox outbox;

  Accepting(
      MasterConfig config, Registry registry, Allocator allocator, Offers offers, Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.outbox = outbox;
  }

  void decline(Framework framework, Call.Decline call, Instant now) {
    outbox.count("master/messages_decline_offers");
    Optional<Instant> until = Filters.until(call.getFilters(), config.allocationInterval(), now);
    own(framework, call.getOfferIdsList()).forEach(offer -> offers.discard(offer, until, now));
  }

  void accept(Framework framework, Call.Accept call, Instant now) {
    outbox.count("master/messages_launch_tasks");
    Set<Offer> accepted = own(framework, call.getOfferIdsList());
    Optional<String> problem = problem(call, accepted);
    Optional<Agent> agent =
        accepted.stream().findFirst().flatMap(offer -> registry.agent(offer.agent()));
    if (problem.isPresent() || agent.isEmpty()) {
      accepted.forEach(offer -> offers.discard(offer, Optional.empty(), now));
      lose(framework, call, problem.orElse("Agent is gone"), now);
      return;
    }
    Resources remaining = Resources.NONE;
    String role = "*";
    for (Offer offer : accepted) {
      offers.take(offer);
      remaining = remaining.plus(offer.resources());
      role = offer.role();
    }
    Launching launching = new Launching(framework, agent.get(), role, remaining, now);
    call.getOperationsList().forEach(launching::apply);
    if (!launching.remaining.isEmpty()) {
      Optional<Instant> until = Filters.until(call.getFilters(), config.allocationInterval(), now);
      allocator.recover(framework.id(), agent.get().id(), launching.remaining, until);
      offers.setFilterTimer();
    }
    offers.allocateSoon(now);
  }

  /** The offers of those ids that are outstanding and this framework's, each once. */
  private Set<Offer> own(Framework framework, List<OfferID> ids) {
    Set<Offer> found = new LinkedHashSet<>();
    for (OfferID id : ids) {
      if (Identifiers.problem(id.getValue()).isEmpty()) {
        offers
            .find(new OfferId(id.getValue()))
            .filter(offer -> offer.framework().equals(framework.id()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** L6, L7: all of them valid, distinct, of one agent and one role. */
  private static Optional<String> problem(Call.Accept call, Set<Offer> accepted) {
    if (call.getOfferIdsCount() == 0) {
      return Optional.of("No offers specified");
    }
    if (new LinkedHashSet<>(call.getOfferIdsList()).size() != call.getOfferIdsCount()) {
      return Optional.of("Duplicate offer ids in accept call");
    }
    for (OfferID id : call.getOfferIdsList()) {
      if (accepted.stream().noneMatch(offer -> offer.id().value().equals(id.getValue()))) {
        return Optional.of("Offer " + id.getValue() + " is no longer valid");
      }
    }
    Set<AgentId> agents = new LinkedHashSet<>();
    Set<String> roles = new LinkedHashSet<>();
    accepted.forEach(offer -> agents.add(offer.agent()));
    accepted.forEach(offer -> roles.add(offer.role()));
    if (agents.size() > 1) {
      return Optional.of("Aggregated offers must belong to one single agent");
    }
    return roles.size() > 1
        ? Optional.of("Aggregated offers must be allocated to the same role")
        : Optional.empty();
  }

  private void lose(Framework framework, Call.Accept call, String problem, Instant now) {
    for (org.apache.mesos.v1.Protos.Offer.Operation operation : call.getOperationsList()) {
      for (TaskInfo task : tasks(operation)) {
        TaskState state = Statuses.aware(framework, TaskState.TASK_DROPPED);
        TaskStatus status =
            Statuses.of(
                task.getTaskId(),
                Optional.of(task.getAgentId()),
                state,
                TaskStatus.Reason.REASON_INVALID_OFFERS,
                "Task launched with invalid offers: " + problem,
                now);
        outbox.count("master/tasks_" + TaskStates.shortName(state));
        outbox.toScheduler(framework, Statuses.update(status));
      }
      operationError(framework, operation, "Operation attempted with invalid offers: " + problem);
    }
  }

  private static List<TaskInfo> tasks(org.apache.mesos.v1.Protos.Offer.Operation operation) {
    List<TaskInfo> tasks = new ArrayList<>(operation.getLaunch().getTaskInfosList());
    tasks.addAll(operation.getLaunchGroup().getTaskGroup().getTasksList());
    return tasks;
  }

  /** Operations without an id ask for no answer, and get none. */
  private void operationError(
      Framework framework, org.apache.mesos.v1.Protos.Offer.Operation operation, String message) {
    if (!operation.hasId()) {
      return;
    }
    outbox.toScheduler(
        framework,
        Event.newBuilder()
            .setType(Event.Type.UPDATE_OPERATION_STATUS)
            .setUpdateOperationStatus(
                Event.UpdateOperationStatus.newBuilder()
                    .setStatus(
                        OperationStatus.newBuilder()
                            .setOperationId(operation.getId())
                            .setState(OperationState.OPERATION_ERROR)
                            .setMessage(message)))
            .build());
  }

  /** The operations of one ACCEPT, applied one after the other to what is left of its offers. */
  private final class Launching {
    private final Framework framework;
    private final Agent agent;
    private final String role;
    private final Instant now;
    private Resources remaining;

    Launching(Framework framework, Agent agent, String role, Resources remaining, Instant now) {
      this.framework = framework;
      this.agent = agent;
      this.role = role;
      this.remaining = remaining;
      this.now = now;
    }

    void apply(org.apache.mesos.v1.Protos.Offer.Operation operation) {
      switch (operation.getType()) {
        case LAUNCH ->
            operation.getLaunch().getTaskInfosList().forEach(task -> launch(operation, task));
        case LAUNCH_GROUP -> launchGroup(operation);
        case RESERVE,
            UNRESERVE,
            CREATE,
            DESTROY,
            GROW_VOLUME,
            SHRINK_VOLUME,
            CREATE_DISK,
            DESTROY_DISK -> {
          outbox.count("master/operations/dropped");
          operationError(framework, operation, operation.getType() + " is not supported yet");
        }
        case UNKNOWN -> outbox.count("master/operations/dropped");
      }
    }

    private void launch(org.apache.mesos.v1.Protos.Offer.Operation operation, TaskInfo given) {
      TaskInfo task = TaskCompletion.complete(given, framework, role);
      Optional<TaskRefusal> refusal =
          operation.hasId()
              ? Optional.of(new TaskRefusal("The 'id' field may not be set on a LAUNCH operation"))
              : TaskValidation.launch(task, framework.id(), agent, this::isKnown);
      Resources executor = Resources.NONE;
      Optional<ExecutorId> executorId = Optional.empty();
      if (refusal.isEmpty() && task.hasExecutor()) {
        executorId = Optional.of(new ExecutorId(task.getExecutor().getExecutorId().getValue()));
        executor = executorResources(task.getExecutor(), executorId.get());
      }
      if (refusal.isEmpty()) {
        refusal = tooMuch("Task", List.of(resources(task), executor));
      }
      if (refusal.isPresent()) {
        refuse(List.of(task), refusal.get(), TaskStatus.Reason.REASON_TASK_INVALID);
        return;
      }
      executorId
          .filter(_ -> task.hasExecutor())
          .ifPresent(id -> startExecutor(id, task.getExecutor()));
      start(task, executorId);
      outbox.toAgent(agent, run(List.of(task), Optional.empty()));
    }

    private void launchGroup(org.apache.mesos.v1.Protos.Offer.Operation operation) {
      List<TaskInfo> tasks = new ArrayList<>();
      operation
          .getLaunchGroup()
          .getTaskGroup()
          .getTasksList()
          .forEach(task -> tasks.add(TaskCompletion.complete(task, framework, role)));
      ExecutorInfo executor =
          TaskCompletion.complete(operation.getLaunchGroup().getExecutor(), framework, role);
      Optional<TaskRefusal> refusal =
          operation.hasId()
              ? Optional.of(
                  new TaskRefusal("The 'id' field may not be set on a LAUNCH_GROUP operation"))
              : TaskValidation.group(executor, tasks, framework.id(), agent, this::isKnown);
      if (refusal.isEmpty()) {
        List<Resources> parts = new ArrayList<>();
        parts.add(executorResources(executor, new ExecutorId(executor.getExecutorId().getValue())));
        tasks.forEach(task -> parts.add(resources(task)));
        refusal = tooMuch("Task group", parts);
      }
      if (refusal.isPresent()) {
        refuse(tasks, refusal.get(), TaskStatus.Reason.REASON_TASK_GROUP_INVALID);
        return;
      }
      ExecutorId executorId = new ExecutorId(executor.getExecutorId().getValue());
      startExecutor(executorId, executor);
      tasks.forEach(task -> start(task, Optional.of(executorId)));
      outbox.toAgent(agent, run(tasks, Optional.of(executor)));
    }

    /**
     * Takes the parts away one after the other and not their sum, in which ports that two of them
     * claim would count once (V9).
     */
    private Optional<TaskRefusal> tooMuch(String what, List<Resources> parts) {
      Resources left = remaining;
      for (Resources part : parts) {
        if (!left.contains(part)) {
          return Optional.of(
              new TaskRefusal(
                  what
                      + " uses more resources "
                      + parts.stream()
                          .filter(each -> !each.isEmpty())
                          .map(Resources::toString)
                          .collect(Collectors.joining(" and "))
                      + " than available "
                      + remaining));
        }
        left = left.minus(part);
      }
      return Optional.empty();
    }

    private boolean isKnown(String id) {
      return framework.knows(new io.mesocosm.model.TaskId(id));
    }

    private void start(TaskInfo info, Optional<ExecutorId> executor) {
      Task task = new Task(info, framework.id(), resources(info), executor);
      remaining = remaining.minus(task.resources());
      framework.add(task);
      agent.add(task);
      outbox.count("master/tasks_launched");
    }

    /** What the executor takes, unless it runs already. */
    private Resources executorResources(ExecutorInfo executor, ExecutorId id) {
      return agent.hasExecutor(framework.id(), id)
          ? Resources.NONE
          : mapped(executor.getResourcesList());
    }

    private void startExecutor(ExecutorId id, ExecutorInfo executor) {
      if (!agent.hasExecutor(framework.id(), id)) {
        Resources taken = mapped(executor.getResourcesList());
        remaining = remaining.minus(taken);
        agent.addExecutor(framework.id(), id, taken);
      }
    }

    private void refuse(List<TaskInfo> tasks, TaskRefusal refusal, TaskStatus.Reason reason) {
      for (TaskInfo task : tasks) {
        outbox.count("master/tasks_error");
        TaskStatus status =
            Statuses.of(
                task.getTaskId(),
                Optional.of(task.getAgentId()),
                TaskState.TASK_ERROR,
                reason,
                refusal.message(),
                now);
        outbox.toScheduler(framework, Statuses.update(status));
      }
    }

    private LinkEvent run(List<TaskInfo> tasks, Optional<ExecutorInfo> executor) {
      LinkEvent.RunTasks.Builder run =
          LinkEvent.RunTasks.newBuilder().setFrameworkInfo(framework.info()).addAllTasks(tasks);
      executor.ifPresent(run::setExecutor);
      return LinkEvent.newBuilder().setType(LinkEvent.Type.RUN_TASKS).setRunTasks(run).build();
    }

    private static Resources resources(TaskInfo task) {
      return mapped(task.getResourcesList());
    }

    private static Resources mapped(List<org.apache.mesos.v1.Protos.Resource> resources) {
      try {
        return ResourceMapping.toModel(resources);
      } catch (InvalidMessageException e) {
        throw new IllegalStateException("resources were validated before: " + e.getMessage(), e);
      }
    }
  }
}
