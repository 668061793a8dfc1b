package io.mesocosm.master;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** A subscription as its scheduler sees it. Reading takes events off the stream. */
final class FakeScheduler {
  final StreamId stream;
  final FrameworkID id;
  private final Cluster cluster;

  FakeScheduler(Cluster cluster, StreamId stream) {
    this.cluster = cluster;
    this.stream = stream;
    this.id =
        inbox().stream()
            .filter(event -> event.getType() == Event.Type.SUBSCRIBED)
            .map(event -> event.getSubscribed().getFrameworkId())
            .findFirst()
            .orElse(FrameworkID.getDefaultInstance());
  }

  private List<Event> inbox() {
    return cluster.toSchedulers.computeIfAbsent(stream, _ -> new ArrayList<>());
  }

  /** All that has come since the last reading. */
  List<Event> events() {
    List<Event> events = List.copyOf(inbox());
    inbox().clear();
    return events;
  }

  List<Event.Type> eventTypes() {
    return events().stream().map(Event::getType).toList();
  }

  /** Waits for an allocation; all offers that came since the last reading. */
  List<Offer> offers() {
    cluster.advance(Cluster.ALLOCATION);
    return events().stream().flatMap(event -> event.getOffers().getOffersList().stream()).toList();
  }

  Offer offer() {
    List<Offer> offers = offers();
    if (offers.size() != 1) {
      throw new AssertionError("one offer expected: " + offers);
    }
    return offers.getFirst();
  }

  /** The statuses that came since the last reading. */
  List<TaskStatus> statuses() {
    return events().stream()
        .filter(Event::hasUpdate)
        .map(event -> event.getUpdate().getStatus())
        .toList();
  }

  TaskStatus status() {
    List<TaskStatus> statuses = statuses();
    if (statuses.size() != 1) {
      throw new AssertionError("one status expected: " + statuses);
    }
    return statuses.getFirst();
  }

  CallAnswer call(Call.Builder call) {
    return cluster.call(Optional.of(stream), call.setFrameworkId(id).build());
  }

  CallAnswer call(Call.Type type) {
    return call(Call.newBuilder().setType(type));
  }

  CallAnswer accept(Offer offer, Offer.Operation... operations) {
    return accept(List.of(offer), 5, operations);
  }

  CallAnswer accept(List<Offer> offers, double refuseSeconds, Offer.Operation... operations) {
    Call.Accept.Builder accept =
        Call.Accept.newBuilder()
            .addAllOperations(List.of(operations))
            .setFilters(Filters.newBuilder().setRefuseSeconds(refuseSeconds));
    offers.forEach(offer -> accept.addOfferIds(offer.getId()));
    return call(Call.newBuilder().setType(Call.Type.ACCEPT).setAccept(accept));
  }

  CallAnswer decline(double refuseSeconds, Offer... offers) {
    Call.Decline.Builder decline =
        Call.Decline.newBuilder().setFilters(Filters.newBuilder().setRefuseSeconds(refuseSeconds));
    List.of(offers).forEach(offer -> decline.addOfferIds(offer.getId()));
    return call(Call.newBuilder().setType(Call.Type.DECLINE).setDecline(decline));
  }

  CallAnswer kill(String task) {
    return call(
        Call.newBuilder()
            .setType(Call.Type.KILL)
            .setKill(Call.Kill.newBuilder().setTaskId(Launches.id(task))));
  }

  CallAnswer acknowledge(TaskStatus status) {
    return acknowledge(status.getTaskId().getValue(), status.getAgentId(), status.getUuid());
  }

  CallAnswer acknowledge(String task, AgentID agent, ByteString uuid) {
    return call(
        Call.newBuilder()
            .setType(Call.Type.ACKNOWLEDGE)
            .setAcknowledge(
                Call.Acknowledge.newBuilder()
                    .setTaskId(Launches.id(task))
                    .setAgentId(agent)
                    .setUuid(uuid)));
  }

  CallAnswer reconcile(Call.Reconcile.Task.Builder... tasks) {
    Call.Reconcile.Builder reconcile = Call.Reconcile.newBuilder();
    List.of(tasks).forEach(reconcile::addTasks);
    return call(Call.newBuilder().setType(Call.Type.RECONCILE).setReconcile(reconcile));
  }

  CallAnswer update(FrameworkInfo.Builder info) {
    return call(
        Call.newBuilder()
            .setType(Call.Type.UPDATE_FRAMEWORK)
            .setUpdateFramework(
                Call.UpdateFramework.newBuilder().setFrameworkInfo(info.setId(id))));
  }

  void disconnect() {
    cluster.handle(new MasterCommand.SchedulerStreamClosed(stream));
  }

  MasterSnapshot.FrameworkView view() {
    return Optional.ofNullable(
            cluster.snapshot().frameworks().get(new io.mesocosm.model.FrameworkId(id.getValue())))
        .orElseThrow();
  }
}
