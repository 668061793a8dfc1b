package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.instance.InstanceId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.TaskStatus;

/** All promises together; hands on to each what it sees. */
public final class Invariants implements Observer {
  /**
   * What keeps the cluster from being settled.
   *
   * @param invariant its name
   */
  public record Unsettled(String invariant, String problem) {}

  private final List<Invariant> all;
  private final List<Observer> observers;

  public Invariants(List<Invariant> all) {
    this(all, List.of());
  }

  private Invariants(List<Invariant> all, List<Observer> others) {
    this.all = List.copyOf(all);
    this.observers =
        Stream.concat(all.stream().map(Observer.class::cast), others.stream()).toList();
  }

  /** The same promises, and somebody else who sees what they see. */
  public Invariants with(Observer other) {
    return new Invariants(all, List.of(other));
  }

  /** Those that are kept for every run. */
  public static Invariants ofEverything() {
    return new Invariants(
        List.of(
            new AllRegistered(),
            new RunsOnce(),
            new NothingOverspent(),
            new EndedStaysEnded(),
            new UpdatesInOrder(),
            new EndsTold(),
            new OneLeaderActs(),
            new QuotaKept(),
            new AcknowledgedKept(),
            new InBounds(),
            new OwnKilled(),
            new RefusedUndone(),
            new KeysOnce(),
            new NobodyStarves(),
            new NoStrays(),
            new AppsWhole(),
            new UpdatesDelivered()));
  }

  /** Those whose names are not among these. */
  public Invariants without(Collection<String> names) {
    return new Invariants(
        all.stream().filter(invariant -> !names.contains(invariant.name())).toList());
  }

  /** The names of all, in order. */
  public List<String> names() {
    return all.stream().map(Invariant::name).toList();
  }

  /** What is still missing, the first of it. */
  public Optional<Unsettled> unsettled(ClusterView cluster) {
    for (Invariant invariant : all) {
      Optional<String> problem = invariant.unsettled(cluster);
      if (problem.isPresent()) {
        return Optional.of(new Unsettled(invariant.name(), problem.get()));
      }
    }
    return Optional.empty();
  }

  @Override
  public void containerStarted(String host, String task) {
    observers.forEach(observer -> observer.containerStarted(host, task));
  }

  @Override
  public void containerEnded(String host, String task, boolean byItself) {
    observers.forEach(observer -> observer.containerEnded(host, task, byItself));
  }

  @Override
  public void machineLost(String host) {
    observers.forEach(observer -> observer.machineLost(host));
  }

  @Override
  public void journalWritten(String host) {
    observers.forEach(observer -> observer.journalWritten(host));
  }

  @Override
  public void journalFlushed(String host) {
    observers.forEach(observer -> observer.journalFlushed(host));
  }

  @Override
  public void agentSaid(String host, TaskStatus status) {
    observers.forEach(observer -> observer.agentSaid(host, status));
  }

  @Override
  public void schedulerTold(String scheduler, TaskStatus status) {
    observers.forEach(observer -> observer.schedulerTold(scheduler, status));
  }

  @Override
  public void masterLeads(String master, long epoch) {
    observers.forEach(observer -> observer.masterLeads(master, epoch));
  }

  @Override
  public void masterCeased(String master) {
    observers.forEach(observer -> observer.masterCeased(master));
  }

  @Override
  public void masterChanged(String master, MasterSnapshot snapshot) {
    observers.forEach(observer -> observer.masterChanged(master, snapshot));
  }

  @Override
  public void subscribed(String host, long epoch) {
    observers.forEach(observer -> observer.subscribed(host, epoch));
  }

  @Override
  public void written(String election, String path, long epoch, long newest) {
    observers.forEach(observer -> observer.written(election, path, epoch, newest));
  }

  @Override
  public void servicesActed(ServicesSnapshot before, ServicesSnapshot after, boolean named) {
    observers.forEach(observer -> observer.servicesActed(before, after, named));
  }

  @Override
  public void instanceKept(InstanceId instance, Optional<Boolean> wanted) {
    observers.forEach(observer -> observer.instanceKept(instance, wanted));
  }

  @Override
  public void servicesKill(String task) {
    observers.forEach(observer -> observer.servicesKill(task));
  }

  @Override
  public void changeRefused(DeploymentId deployment) {
    observers.forEach(observer -> observer.changeRefused(deployment));
  }

  @Override
  public void deploymentCarriedOut(DeploymentId deployment) {
    observers.forEach(observer -> observer.deploymentCarriedOut(deployment));
  }

  @Override
  public void keyed(String key, DeploymentId deployment) {
    observers.forEach(observer -> observer.keyed(key, deployment));
  }

  @Override
  public void quotaAsked(String role, double cpusMax) {
    observers.forEach(observer -> observer.quotaAsked(role, cpusMax));
  }

  @Override
  public void quotaAcknowledged(String role, double cpusMax) {
    observers.forEach(observer -> observer.quotaAcknowledged(role, cpusMax));
  }
}
