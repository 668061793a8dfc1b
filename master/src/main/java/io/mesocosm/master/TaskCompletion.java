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
    boolean typeless = task.hasHealthCheck() && !task.getHealthCheck().hasType();
    boolean allocated = isAllocated(task.getResourcesList());
    if (allocated && !typeless && !task.hasExecutor()) {
      return task;
    }
    TaskInfo.Builder complete = task.toBuilder();
    if (!allocated) {
      complete.clearResources();
      AllocationInfo allocation = AllocationInfo.newBuilder().setRole(role).build();
      for (Resource resource : task.getResourcesList()) {
        complete.addResources(allocate(resource, allocation));
      }
    }
    if (task.hasExecutor()) {
      complete.setExecutor(complete(task.getExecutor(), framework, role));
    }
    if (typeless) {
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
    if (!isAllocated(executor.getResourcesList())) {
      complete.clearResources();
      AllocationInfo allocation = AllocationInfo.newBuilder().setRole(role).build();
      for (Resource resource : executor.getResourcesList()) {
        complete.addResources(allocate(resource, allocation));
      }
    }
    if (!executor.hasFrameworkId()) {
      complete.setFrameworkId(framework.wireId());
    }
    return complete.build();
  }

  private static boolean isAllocated(List<Resource> resources) {
    for (Resource resource : resources) {
      if (!resource.hasAllocationInfo()) {
        return false;
      }
    }
    return true;
  }

  private static Resource allocate(Resource resource, AllocationInfo allocation) {
    return resource.hasAllocationInfo()
        ? resource
        : resource.toBuilder().setAllocationInfo(allocation).build();
  }
}
