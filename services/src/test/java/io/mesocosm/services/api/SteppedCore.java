package io.mesocosm.services.api;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.Services;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The real core with a store that is always quick and a master that tests play. Thread-safe, as
 * HTTP threads use it.
 */
final class SteppedCore {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private final Services core = new Services(ServicesConfig.defaults(), new SplittableRandom(1));
  private final Map<String, TaskInfo> launched = new LinkedHashMap<>();
  private final PendingRequests requests =
      new PendingRequests(this::handle, this::snapshot, Duration.ofSeconds(10));
  private Consumer<ServicesEffect> listener = _ -> {};
  private int offers;

  /** Hears of every effect, before what it leads to happens. */
  synchronized void listen(Consumer<ServicesEffect> heard) {
    listener = heard;
  }

  PendingRequests requests() {
    return requests;
  }

  synchronized ServicesSnapshot snapshot() {
    return core.snapshot();
  }

  SteppedCore loaded() {
    handle(new ServicesCommand.Loaded(List.of()));
    Event.Builder subscribed = Event.newBuilder().setType(Event.Type.SUBSCRIBED);
    subscribed.getSubscribedBuilder().setFrameworkId(FrameworkID.newBuilder().setValue("fw-1"));
    handle(new ServicesCommand.SchedulerEvent(subscribed.build()));
    return this;
  }

  synchronized void handle(ServicesCommand first) {
    Deque<ServicesCommand> commands = new ArrayDeque<>(List.of(first));
    while (!commands.isEmpty()) {
      for (ServicesEffect effect : core.handle(commands.pop(), NOW)) {
        listener.accept(effect);
        if (effect instanceof ServicesEffect.Store write) {
          commands.add(new ServicesCommand.Stored(write.write()));
        } else if (effect instanceof ServicesEffect.SendCall(Call call)
            && call.getType() == Call.Type.ACCEPT) {
          call.getAccept()
              .getOperationsList()
              .forEach(operation -> {
                List<TaskInfo> tasks = new ArrayList<>(operation.getLaunch().getTaskInfosList());
                tasks.addAll(operation.getLaunchGroup().getTaskGroup().getTasksList());
                tasks.forEach(task -> launched.put(task.getTaskId().getValue(), task));
              });
        } else if (effect instanceof ServicesEffect.Answer(long request, ApiAnswer answer)) {
          requests.answered(request, answer);
        }
      }
    }
  }

  /** Offers one agent's resources, and says that whatever is launched runs. */
  synchronized List<String> offer(String host, double cpus) {
    offers++;
    Offer.Builder offer =
        Offer.newBuilder()
            .setId(OfferID.newBuilder().setValue("O" + offers))
            .setFrameworkId(FrameworkID.newBuilder().setValue("fw-1"))
            .setAgentId(AgentID.newBuilder().setValue("S-" + host))
            .setHostname(host);
    offer.getAllocationInfoBuilder().setRole("*");
    addScalar(offer, "cpus", cpus);
    addScalar(offer, "mem", 4096);
    addScalar(offer, "disk", 10000);
    offer
        .addResourcesBuilder()
        .setName("ports")
        .setType(Value.Type.RANGES)
        .getRangesBuilder()
        .addRangeBuilder()
        .setBegin(31000)
        .setEnd(31999);
    offer.getResourcesBuilderList().forEach(r -> r.getAllocationInfoBuilder().setRole("*"));
    List<String> before = new ArrayList<>(launched.keySet());
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    event.getOffersBuilder().addOffers(offer);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
    List<String> ids = new ArrayList<>(launched.keySet());
    ids.removeAll(before);
    ids.forEach(id -> report(id, "S-" + host, TaskState.TASK_RUNNING));
    return ids;
  }

  private static void addScalar(Offer.Builder offer, String name, double value) {
    offer
        .addResourcesBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .getScalarBuilder()
        .setValue(value);
  }

  void report(String taskId, String agentId, TaskState state) {
    TaskStatus.Builder status = TaskStatus.newBuilder().setState(state);
    status.getTaskIdBuilder().setValue(taskId);
    status.getAgentIdBuilder().setValue(agentId);
    status.setMessage("says the test").setTimestamp(NOW.toEpochMilli() / 1000.0);
    Event.Builder event = Event.newBuilder().setType(Event.Type.UPDATE);
    event.getUpdateBuilder().setStatus(status);
    handle(new ServicesCommand.SchedulerEvent(event.build()));
  }
}
