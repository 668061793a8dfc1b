package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.WARNING;

import com.sun.management.OperatingSystemMXBean;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a machine has, for the names that {@code --resources} leaves out (P9, P10, P13). */
final class MachineResources {
  private static final System.Logger LOG = System.getLogger(MachineResources.class.getName());
  private static final long MEGABYTE = 1L << 20;
  private static final long MEMORY_FALLBACK_MEGABYTES = 1024;
  private static final long DISK_FALLBACK_MEGABYTES = 10 * 1024;
  private static final Ranges PORTS = Ranges.of(31000, 32000);

  private MachineResources() {}

  /**
   * @param given what the flag says
   * @param named every name in the flag, those with amount zero too
   */
  static Resources complete(Resources given, Set<String> named, Path workDir, String role) {
    List<Resource> found = new ArrayList<>();
    if (!named.contains("cpus")) {
      found.add(of("cpus", Scalar.of(Runtime.getRuntime().availableProcessors()), role));
    }
    if (!named.contains("mem")) {
      found.add(of("mem", Scalar.of(memoryMegabytes()), role));
    }
    if (!named.contains("disk")) {
      found.add(of("disk", Scalar.of(diskMegabytes(workDir)), role));
    }
    if (!named.contains("ports")) {
      found.add(of("ports", PORTS, role));
    }
    return given.plus(Resources.of(found));
  }

  private static Resource of(String name, io.mesocosm.model.resource.Value value, String role) {
    Resource resource = Resource.unreserved(name, value);
    return role.equals("*")
        ? resource
        : new Resource(
            name,
            value,
            List.of(new Resource.Reservation(role, false, java.util.Optional.empty())),
            java.util.Optional.empty(),
            false);
  }

  private static long memoryMegabytes() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      long total = system.getTotalMemorySize() / MEGABYTE;
      return total >= 2048 ? total - 1024 : total / 2;
    }
    return MEMORY_FALLBACK_MEGABYTES;
  }

  private static long diskMegabytes(Path workDir) {
    try {
      long total = Files.getFileStore(workDir).getTotalSpace() / MEGABYTE;
      return total >= 10 * 1024 ? total - 5 * 1024 : total / 2;
    } catch (IOException e) {
      LOG.log(
          WARNING,
          "the size of the disk under "
              + workDir
              + " cannot be told: offering "
              + DISK_FALLBACK_MEGABYTES
              + " MB; set --resources=disk:… to say otherwise",
          e);
      return DISK_FALLBACK_MEGABYTES;
    }
  }
}
