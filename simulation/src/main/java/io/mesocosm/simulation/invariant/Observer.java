package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.instance.InstanceId;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Sees everything that happens in the cluster, at the moment it happens. */
public interface Observer {
  /** The first process of a container of the task runs. */
  default void containerStarted(String host, String task) {}

  /**
   * Nothing of the container runs any more, whether or not anybody knows.
   *
   * @param byItself its process has ended, and its engine can tell how
   */
  default void containerEnded(String host, String task, boolean byItself) {}

  /** The machine has lost power: what it had not told anybody nobody will ever know. */
  default void machineLost(String host) {}

  /** An agent appends to its journal; what it appended is not safe yet. */
  default void journalWritten(String host) {}

  /** What the agent appended last is safe, and it has not heard so yet. */
  default void journalFlushed(String host) {}

  /** An agent tells its master of a task. */
  default void agentSaid(String host, TaskStatus status) {}

  /**
   * A scheduler is told of a task.
   *
   * @param scheduler names the framework over all its lives
   */
  default void schedulerTold(String scheduler, TaskStatus status) {}

  /** A master takes it that it leads, and acts. */
  default void masterLeads(String master, long epoch) {}

  /** It does not any more. */
  default void masterCeased(String master) {}

  /** What the master takes for the state of the cluster, after each change. */
  default void masterChanged(String master, MasterSnapshot snapshot) {}

  /** An agent or a scheduler begins to listen to a master that leads by this epoch. */
  default void subscribed(String host, long epoch) {}

  /**
   * A record was written by a leader.
   *
   * @param election of the role
   * @param newest epoch of that role
   */
  default void written(String election, String path, long epoch, long newest) {}

  /**
   * The services scheduler has launched or ended instances, or begun or ended deployments.
   *
   * @param named whether users had named instances to be ended
   */
  default void servicesActed(ServicesSnapshot before, ServicesSnapshot after, boolean named) {}

  /**
   * The services scheduler has stored what is wanted of an instance.
   *
   * @param wanted absent while nobody knows, as a write is under way or was not heard of
   */
  default void instanceKept(InstanceId instance, Optional<Boolean> wanted) {}

  /** The services scheduler asks the master to end a task. */
  default void servicesKill(String task) {}

  /** A user was told that nothing was done, and the deployment that was to be is this. */
  default void changeRefused(DeploymentId deployment) {}

  /** The services scheduler carries the deployment out. */
  default void deploymentCarriedOut(DeploymentId deployment) {}

  /** What came of a request that named a key, as the services scheduler remembers it. */
  default void keyed(String key, DeploymentId deployment) {}

  /** A user asks for a limit of the role; it may come to hold at any time from now on. */
  default void quotaAsked(String role, double cpusMax) {}

  /** The master has answered that from now on the role may have at most so much. */
  default void quotaAcknowledged(String role, double cpusMax) {}
}
