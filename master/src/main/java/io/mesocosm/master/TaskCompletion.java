package io.mesocosm.master;

import java.util.List;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.AllocationInfo;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * Fills in what a framework may leave out (contracts/mesos-scheduler-api.md §6, rules). Everything
 * else stays as given.
 */
final class TaskCompletion {
  private TaskCompletion() {}

  static TaskInfo complete(TaskInfo task, Framework framework, String role) {
    TaskInfo.Builder complete = task.toBuilder();
    allocate(complete.getResourcesBuilderList(), role);
    if (task.hasExecutor()) {
      complete.setExecutor(complete(task.getExecutor(), framework, role));
    }
    if (task.hasHealthCheck() && !task.getHealthCheck().hasType()) {
      HealthCheck check = task.getHealthCheck();
      if (check.hasHttp() && !check.hasCommand()) {
        complete.getHealthCheckBuilder().setType(HealthCheck.Type.HTTP);
      } else if (check.hasCommand() && !check.hasHttp()) {
        complete.getHealthCheckBuilder().setType(HealthCheck.Type.COMMAND);
      }
    }
    return complete.build();
  }

  static ExecutorInfo complete(ExecutorInfo executor, Framework framework, String role) {
    ExecutorInfo.Builder complete = executor.toBuilder();
    allocate(complete.getResourcesBuilderList(), role);
    if (!executor.hasFrameworkId()) {
      complete.setFrameworkId(Tasks.frameworkId(framework));
    }
    return complete.build();
  }

  private static void allocate(List<Resource.Builder> resources, String role) {
    for (Resource.Builder resource : resources) {
      if (!resource.hasAllocationInfo()) {
        resource.setAllocationInfo(AllocationInfo.newBuilder().setRole(role));
      }
    }
  }
}
