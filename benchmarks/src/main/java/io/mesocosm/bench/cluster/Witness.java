package io.mesocosm.bench.cluster;

import java.util.List;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Told of what agents and schedulers see, on the loop's thread. */
interface Witness {
  /** Takes no notice. */
  Witness BLIND = new Witness() {};

  default void agentSubscribed(String agentId) {}

  /** It tried to subscribe, in vain. */
  default void agentFailed(String reason) {}

  default void schedulerSubscribed() {}

  default void offered(List<Offer> offers) {}

  default void updated(TaskStatus status) {}

  /** An agent was told to run, kill or give up so many tasks. */
  default void tasksTouched(int tasks) {}
}
