package io.mesocosm.bench.cluster;

import java.util.List;
import java.util.Locale;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;

/** What agents have and tasks take. */
final class Shapes {
  static final double TASK_CPUS = 1;
  static final double TASK_MEM = 64;
  private static final double AGENT_DISK = 100_000;

  static final List<Resource> TASK =
      List.of(scalar("cpus", TASK_CPUS).build(), scalar("mem", TASK_MEM).build());

  private Shapes() {}

  /** Room for so many tasks, and what any machine has beside. */
  static List<Resource> agent(int slots) {
    return List.of(
        scalar("cpus", TASK_CPUS * slots).build(),
        scalar("mem", TASK_MEM * slots).build(),
        scalar("disk", AGENT_DISK).build(),
        Resource.newBuilder()
            .setName("ports")
            .setType(Value.Type.RANGES)
            .setRanges(
                Value.Ranges.newBuilder()
                    .addRange(Value.Range.newBuilder().setBegin(31_000).setEnd(32_000)))
            .build());
  }

  /** The same, as a real agent is told it. */
  static String text(int slots) {
    return String.format(
        Locale.ROOT,
        "cpus:%.0f;mem:%.0f;disk:%.0f;ports:[31000-32000]",
        TASK_CPUS * slots,
        TASK_MEM * slots,
        AGENT_DISK);
  }

  /** How many tasks these resources have room for. */
  static int slots(List<Resource> resources) {
    double cpus = 0;
    double mem = 0;
    for (Resource resource : resources) {
      if (resource.getType() == Value.Type.SCALAR) {
        switch (resource.getName()) {
          case "cpus" -> cpus += resource.getScalar().getValue();
          case "mem" -> mem += resource.getScalar().getValue();
          default -> {}
        }
      }
    }
    return (int) Math.min((cpus + 1e-6) / TASK_CPUS, (mem + 1e-6) / TASK_MEM);
  }

  private static Resource.Builder scalar(String name, double value) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(value));
  }
}
