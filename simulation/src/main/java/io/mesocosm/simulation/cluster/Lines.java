package io.mesocosm.simulation.cluster;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.Wish;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Commands in one line each, for the history. */
final class Lines {
  private Lines() {}

  static String of(MasterCommand command) {
    return switch (command) {
      case MasterCommand.SchedulerSubscribe(var stream, Call call, var _) ->
          "SUBSCRIBE of framework '" + call.getFrameworkId().getValue() + "' as " + stream;
      case MasterCommand.SchedulerCall call -> of(call.call());
      case MasterCommand.SchedulerStreamClosed(var stream) -> "scheduler's stream closed " + stream;
      case MasterCommand.AgentSubscribe(var stream, LinkCall call, String _, var _) ->
          "SUBSCRIBE of agent "
              + call.getSubscribe().getAgentInfo().getHostname()
              + " '"
              + call.getAgentId().getValue()
              + "' with "
              + call.getSubscribe().getTasksList().stream()
                  .map(task -> task.getTask().getTaskId().getValue() + " " + task.getLatestState())
                  .toList()
              + " as "
              + stream;
      case MasterCommand.AgentCall(long _, var stream, LinkCall call) ->
          call.getType()
              + " of agent "
              + call.getAgentId().getValue()
              + (call.hasUpdate() ? " " + of(call.getUpdate().getStatus()) : "")
              + " on "
              + stream.map(Object::toString).orElse("no stream");
      case MasterCommand.AgentStreamClosed(var stream) -> "agent's stream closed " + stream;
      case MasterCommand.RegistryRead(var records) -> "registry of " + records.size() + " records";
      case MasterCommand.OperatorCall call -> "operator's " + call.call().getType();
      case MasterCommand.TimerFired(var timer) -> timer.toString();
      case MasterCommand other -> other.toString();
    };
  }

  static String of(AgentCommand command) {
    return switch (command) {
      case AgentCommand.LinkEventArrived(long link, LinkEvent event) ->
          "link " + link + ": " + of(event);
      case AgentCommand.ContainerStarted(var id, var _) -> "container started " + id;
      case AgentCommand.Recover(var records, var containers) ->
          "recover " + records.keySet() + " with " + containers.values();
      case AgentCommand other -> other.toString();
    };
  }

  static String of(ServicesCommand command) {
    return switch (command) {
      case ServicesCommand.SchedulerEvent(Event event) -> of(event);
      case ServicesCommand.Change change ->
          "change " + change.wishes().stream().map(Lines::of).toList();
      case ServicesCommand.Loaded(var records) -> "loaded " + records.size() + " records";
      case ServicesCommand other -> other.toString();
    };
  }

  private static String of(Wish wish) {
    return switch (wish) {
      case Wish.Add add -> "add " + add.id() + " with " + add.spec().instances();
      case Wish.Put put -> put.id() + " to " + put.spec().instances();
      case Wish other -> other.toString();
    };
  }

  static String of(Call call) {
    StringBuilder line = new StringBuilder(call.getType().name());
    for (Offer.Operation operation : call.getAccept().getOperationsList()) {
      for (TaskInfo task : operation.getLaunch().getTaskInfosList()) {
        line.append(' ').append(task.getTaskId().getValue());
        line.append(" on ").append(task.getAgentId().getValue());
      }
    }
    call.getAccept().getOfferIdsList().forEach(id -> line.append(' ').append(id.getValue()));
    call.getDecline().getOfferIdsList().forEach(id -> line.append(' ').append(id.getValue()));
    line.append(call.hasKill() ? " " + call.getKill().getTaskId().getValue() : "");
    line.append(call.hasAcknowledge() ? " " + call.getAcknowledge().getTaskId().getValue() : "");
    call.getReconcile()
        .getTasksList()
        .forEach(task -> line.append(' ').append(task.getTaskId().getValue()));
    return line.toString();
  }

  static String of(Event event) {
    StringBuilder line = new StringBuilder(event.getType().name());
    event
        .getOffers()
        .getOffersList()
        .forEach(offer ->
            line.append(' ')
                .append(offer.getId().getValue())
                .append(" of ")
                .append(offer.getHostname()));
    line.append(event.hasRescind() ? " " + event.getRescind().getOfferId().getValue() : "");
    line.append(event.hasUpdate() ? " " + of(event.getUpdate().getStatus()) : "");
    line.append(event.hasError() ? " " + event.getError().getMessage() : "");
    return line.toString();
  }

  private static String of(LinkEvent event) {
    StringBuilder line = new StringBuilder(event.getType().name());
    event
        .getRunTasks()
        .getTasksList()
        .forEach(task -> line.append(' ').append(task.getTaskId().getValue()));
    line.append(event.hasKillTask() ? " " + event.getKillTask().getTaskId().getValue() : "");
    line.append(
        event.hasUpdateAcknowledged()
            ? " " + event.getUpdateAcknowledged().getTaskId().getValue()
            : "");
    line.append(event.hasShutdown() ? " " + event.getShutdown().getMessage() : "");
    line.append(event.hasSubscribed() ? " " + event.getSubscribed().getAgentId().getValue() : "");
    return line.toString();
  }

  private static String of(TaskStatus status) {
    return status.getTaskId().getValue()
        + " "
        + status.getState()
        + " ("
        + status.getReason()
        + ")";
  }
}
