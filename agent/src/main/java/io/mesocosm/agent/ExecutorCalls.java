package io.mesocosm.agent;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.TaskStates;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.executor.Protos.Call;

/** What frameworks' executors say (contracts/mesos-executor-api.md §1, §2, §4 and §7). */
final class ExecutorCalls {
  private final AgentConfig config;
  private final Frameworks frameworks;
  private final Executors executors;
  private final Statuses statuses;
  private final TaskBook book;
  private final Registration registration;
  private final Tally tally;
  private final Effects effects;
  private final SortedMap<Long, Executor> executorsByStream = new TreeMap<>();

  ExecutorCalls(
      AgentConfig config,
      Frameworks frameworks,
      Executors executors,
      Statuses statuses,
      TaskBook book,
      Registration registration,
      Tally tally,
      Effects effects) {
    this.config = config;
    this.frameworks = frameworks;
    this.executors = executors;
    this.statuses = statuses;
    this.book = book;
    this.registration = registration;
    this.tally = tally;
    this.effects = effects;
  }

  /** Checks a call against what is known, in the order of §1, and carries it out. */
  void handle(long request, Call call, Optional<ExecutorClaim> claimed, Instant now) {
    FrameworkId frameworkId = new FrameworkId(call.getFrameworkId().getValue());
    Optional<FrameworkInfo> framework = frameworks.find(frameworkId);
    if (framework.isEmpty()) {
      countUnknown(call);
      refuse(request, 400, "Framework cannot be found: " + frameworkId);
      return;
    }
    ExecutorId id = new ExecutorId(call.getExecutorId().getValue());
    Optional<Executor> found = frameworks.findExecutor(frameworkId, id).filter(Executor::isCustom);
    if (found.isEmpty()) {
      countUnknown(call);
      refuse(request, 400, "Executor cannot be found: " + id + " of framework " + frameworkId);
      return;
    }
    Executor executor = found.get();
    Optional<String> foreign = claimed.flatMap(it -> mismatch(it, executor));
    if (foreign.isPresent()) {
      refuse(request, 403, foreign.get());
      return;
    }
    if (call.getType() != Call.Type.SUBSCRIBE
        && executor.process().phase() == ExecutorPhase.REGISTERING) {
      refuse(request, 403, "Executor is not subscribed: " + id);
      return;
    }
    switch (call.getType()) {
      case SUBSCRIBE -> subscribe(request, executor, framework.get(), call.getSubscribe(), now);
      case UPDATE -> {
        accept(request);
        update(executor, call.getUpdate().getStatus(), now);
      }
      case MESSAGE -> {
        accept(request);
        if (!executor.isSilent()) {
          registration.tell(MasterCalls.executorMessage(executor, call.getMessage().getData()));
        }
      }
      case HEARTBEAT -> accept(request);
      case UNKNOWN -> refuse(request, 501, "Received UNKNOWN call");
    }
  }

  /** Nobody is known here before it is clear what an earlier run of this agent has left. */
  void refuseEarly(long request) {
    refuse(request, 503, "Agent has not finished recovery");
  }

  /** The first claim of a token that is not this executor's and this run's (E7). */
  private static Optional<String> mismatch(ExecutorClaim claim, Executor executor) {
    return mismatch("fid", claim.frameworkId(), executor.frameworkId().value())
        .or(() -> mismatch("eid", claim.executorId(), executor.id().value()))
        .or(() -> mismatch("cid", claim.containerId(), executor.containerId().value()));
  }

  private static Optional<String> mismatch(String name, String claimed, String actual) {
    return claimed.equals(actual)
        ? Optional.empty()
        : Optional.of("the token's claim " + name + " is " + claimed + ", not " + actual);
  }

  /** A status of nobody's is one that is not valid. */
  private void countUnknown(Call call) {
    if (call.getType() == Call.Type.UPDATE) {
      tally.invalidUpdates++;
    }
  }

  /** The executor may come back with another stream, or its container end. */
  void closed(long stream) {
    Executor executor = executorsByStream.remove(stream);
    if (executor != null && executor.process().stream().equals(OptionalLong.of(stream))) {
      executor.process().setStream(OptionalLong.empty());
      effects.add(
          new AgentEffect.CancelTimer(new AgentTimer.ExecutorHeartbeat(executor.containerId())));
    }
  }

  private void subscribe(
      long stream, Executor executor, FrameworkInfo framework, Call.Subscribe news, Instant now) {
    effects.add(new AgentEffect.AnswerExecutor(stream, new ExecutorAnswer.Subscribed()));
    ExecutorProcess process = executor.process();
    if (process.isEnding()) {
      effects.add(new AgentEffect.SendToExecutor(stream, ExecutorEvents.shutdown()));
      effects.add(new AgentEffect.CloseExecutorStream(stream));
      return;
    }
    process.stream()
        .ifPresent(earlier -> {
          executorsByStream.remove(earlier);
          effects.add(new AgentEffect.CloseExecutorStream(earlier));
        });
    process.setStream(OptionalLong.of(stream));
    executorsByStream.put(stream, executor);
    if (process.phase() == ExecutorPhase.REGISTERING || process.isAwaited()) {
      process.noteReturn();
      if (process.phase() == ExecutorPhase.REGISTERING) {
        process.become(ExecutorPhase.RUNNING);
      }
      effects.add(
          new AgentEffect.CancelTimer(
              new AgentTimer.ExecutorRegistrationOverdue(executor.containerId())));
    }
    executors.send(
        executor,
        ExecutorEvents.subscribed(executor, framework, config.agentInfo(), registration.agentId()));
    executors.setHeartbeat(executor, now);
    news.getUnacknowledgedUpdatesList()
        .forEach(update -> update(executor, update.getStatus(), now));
    dropUndelivered(executor, framework, news, now);
    if (!process.hasGotTasks() && !process.hasQueued()) {
      executors.shutDown(executor, config.shutdownGrace(executor.info()), now);
      return;
    }
    repeatKills(executor);
    executors.deliver(executor);
  }

  /** S4: tasks that were sent and never arrived. */
  private void dropUndelivered(
      Executor executor, FrameworkInfo framework, Call.Subscribe news, Instant now) {
    Set<String> arrived =
        news.getUnacknowledgedTasksList().stream()
            .map(task -> task.getTaskId().getValue())
            .collect(Collectors.toSet());
    for (Task task : executor.tasks()) {
      if (task.phase() == TaskPhase.RUNNING
          && task.state() == TaskState.TASK_STAGING
          && !arrived.contains(task.key().taskId().value())) {
        task.end();
        executors.end(
            task,
            statuses.dropped(
                task,
                Frameworks.has(Optional.of(framework), Capability.Type.PARTITION_AWARE),
                Reason.REASON_AGENT_RESTARTED,
                "Task launched during agent restart or reconnection did not reach its executor",
                now),
            now);
      }
    }
  }

  /** A kill may have got lost with the stream that it was sent on. */
  private void repeatKills(Executor executor) {
    for (Task task : executor.tasks()) {
      if (task.phase() == TaskPhase.RUNNING) {
        task.askedKill()
            .ifPresent(policy -> executors.send(executor, ExecutorEvents.kill(task, policy)));
      }
    }
  }

  private void update(Executor executor, TaskStatus status, Instant now) {
    if (executor.isSilent() && !TaskStates.isTerminal(status.getState())) {
      // Its framework is being shut down: only ends matter any more (U1).
      tally.invalidUpdates++;
      return;
    }
    TaskKey key = new TaskKey(executor.frameworkId(), new TaskId(status.getTaskId().getValue()));
    Optional<Task> task =
        book.find(key)
            .filter(known -> known.executor().equals(executor))
            .filter(known -> known.phase() == TaskPhase.RUNNING)
            .filter(known -> known.receive(status.getUuid()));
    if (task.isPresent()) {
      take(task.get(), status, now);
    } else {
      tally.validUpdates++;
    }
    // An executor repeats what is not acknowledged: news of no use are acknowledged as well.
    executors.send(executor, ExecutorEvents.acknowledged(status.getTaskId(), status.getUuid()));
  }

  private void take(Task task, TaskStatus status, Instant now) {
    TaskStatus completed = statuses.completed(task, status, now);
    if (TaskStates.isTerminal(status.getState())) {
      task.end();
      executors.end(task, completed, now);
    } else {
      book.update(task, completed, now);
    }
  }

  private void accept(long request) {
    effects.add(new AgentEffect.AnswerExecutor(request, new ExecutorAnswer.Accepted()));
  }

  private void refuse(long request, int status, String text) {
    effects.add(new AgentEffect.AnswerExecutor(request, new ExecutorAnswer.Refused(status, text)));
  }
}
