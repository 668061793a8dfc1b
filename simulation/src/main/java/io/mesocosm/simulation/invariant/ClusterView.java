package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.app.AppId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.TaskState;

/** All of the cluster as nobody in it can see it. */
public interface ClusterView {
  /**
   * @param running and not still on its way
   */
  record Container(String host, String task, boolean running) {}

  /**
   * @param revision of its configuration
   */
  record Wanted(int instances, int revision) {}

  /**
   * A task that was to run once.
   *
   * @param launched whether its scheduler has asked for it
   * @param state as the scheduler was told last
   * @param known whether the task was given up or is still to run: false once it has ended
   */
  record OneOff(String task, boolean launched, TaskState state, boolean known) {}

  /** By host. */
  List<Container> containers();

  /** Of agents that there are, whether or not they run. */
  int agents();

  /** The master that leads, if one does. */
  Optional<MasterSnapshot> master();

  /** The services scheduler that leads, if one does. */
  Optional<ServicesSnapshot> services();

  /** What each app or pod should be, if users have said so for good. */
  SortedMap<AppId, Wanted> wanted();

  /** What each app or pod is, as the services scheduler that leads has it. */
  SortedMap<AppId, Wanted> present();

  /** Requests of users that were not answered yet. */
  int unanswered();

  /** The quota that was asked for last, in cpus by role. */
  SortedMap<String, Double> quotas();

  /** By id. */
  List<OneOff> oneOffs();

  /** Updates that agents go on sending because nobody has acknowledged them. */
  List<String> undelivered();
}
