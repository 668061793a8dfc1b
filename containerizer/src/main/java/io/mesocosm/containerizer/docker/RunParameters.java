package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec.Parameter;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The options of {@code docker run --key=value} that a task may pass as parameters (contract D10),
 * mapped to the Engine API. What would change who owns or ends the container ({@code name}, {@code
 * detach}, {@code rm}, {@code restart}, {@code tty}…) is left out on purpose.
 */
final class RunParameters {
  /** Takes the value of one option. */
  private interface Option {
    void apply(RunOptions options, String value);
  }

  private static final SortedMap<String, Option> OPTIONS = options();

  private RunParameters() {}

  static void apply(RunOptions options, Parameter parameter) throws ContainerException {
    Option option = OPTIONS.get(parameter.key());
    if (option == null) {
      throw new ContainerException(
          "docker parameter %s is not supported; these are: %s"
              .formatted(parameter.key(), String.join(", ", OPTIONS.keySet())));
    }
    try {
      option.apply(options, parameter.value());
    } catch (RuntimeException malformed) {
      throw new ContainerException(
          "docker parameter %s=%s cannot be understood: %s"
              .formatted(parameter.key(), parameter.value(), malformed.getMessage()),
          malformed);
    }
  }

  private static SortedMap<String, Option> options() {
    SortedMap<String, Option> options = new TreeMap<>();
    addIdentity(options);
    addLimits(options);
    addNetwork(options);
    addFiles(options);
    addIsolation(options);
    return Collections.unmodifiableSortedMap(options);
  }

  private static void addIdentity(Map<String, Option> options) {
    options.put("entrypoint", (run, value) -> run.entryPoint = Optional.of(value));
    options.put("env", (run, value) -> putPair(run.environment, value));
    options.put("group-add", (run, value) -> run.groups.add(value));
    options.put("hostname", (run, value) -> run.hostName = Optional.of(value));
    options.put("init", (run, value) -> run.host.withInit(flag(value)));
    options.put("label", (run, value) -> putPair(run.labels, value));
    options.put("log-driver", (run, value) -> run.logDriver = Optional.of(value));
    options.put("log-opt", (run, value) -> putPair(run.logOptions, value));
    options.put("stop-signal", (run, value) -> run.stopSignal = Optional.of(value));
    options.put("user", (run, value) -> run.user = Optional.of(value));
    options.put("workdir", (run, value) -> run.workingFolder = Optional.of(value));
  }

  private static void addLimits(Map<String, Option> options) {
    options.put("cgroup-parent", (run, value) -> run.host.withCgroupParent(value));
    options.put("cpu-period", (run, value) -> run.host.withCpuPeriod(Long.parseLong(value)));
    options.put("cpu-quota", (run, value) -> run.host.withCpuQuota(Long.parseLong(value)));
    options.put("cpu-shares", (run, value) -> run.host.withCpuShares(Integer.parseInt(value)));
    options.put(
        "cpus", (run, value) -> run.host.withNanoCPUs(Math.round(Double.parseDouble(value) * 1e9)));
    options.put("cpuset-cpus", (run, value) -> run.host.withCpusetCpus(value));
    options.put("cpuset-mems", (run, value) -> run.host.withCpusetMems(value));
    options.put("memory", (run, value) -> run.host.withMemory(bytes(value)));
    options.put("memory-reservation", (run, value) -> run.host.withMemoryReservation(bytes(value)));
    options.put("memory-swap", (run, value) -> run.host.withMemorySwap(bytes(value)));
    options.put(
        "memory-swappiness", (run, value) -> run.host.withMemorySwappiness(Long.parseLong(value)));
    options.put("oom-kill-disable", (run, value) -> run.host.withOomKillDisable(flag(value)));
    options.put("oom-score-adj", (run, value) -> run.host.withOomScoreAdj(Integer.parseInt(value)));
    options.put("pids-limit", (run, value) -> run.host.withPidsLimit(Long.parseLong(value)));
    options.put("shm-size", (run, value) -> run.host.withShmSize(bytes(value)));
    options.put("ulimit", (run, value) -> run.ulimits.add(ulimit(value)));
  }

  private static void addNetwork(Map<String, Option> options) {
    options.put("add-host", (run, value) -> run.extraHosts.add(value.replaceFirst("=", ":")));
    options.put("dns", (run, value) -> run.dns.add(value));
    options.put("dns-opt", (run, value) -> run.dnsOptions.add(value));
    options.put("dns-option", (run, value) -> run.dnsOptions.add(value));
    options.put("dns-search", (run, value) -> run.dnsSearch.add(value));
    options.put("mac-address", (run, value) -> run.macAddress = Optional.of(value));
    options.put("net", (run, value) -> run.network = value);
    options.put("net-alias", (run, value) -> run.aliases.add(value));
    options.put("network", (run, value) -> run.network = value);
    options.put("network-alias", (run, value) -> run.aliases.add(value));
  }

  private static void addFiles(Map<String, Option> options) {
    options.put("device", (run, value) -> run.devices.add(Device.parse(value)));
    options.put("read-only", (run, value) -> run.host.withReadonlyRootfs(flag(value)));
    options.put(
        "tmpfs",
        (run, value) -> {
          String[] parts = value.split(":", 2);
          run.memoryFileSystems.put(parts[0], parts.length == 2 ? parts[1] : "");
        });
    options.put(
        "volume",
        (run, value) -> {
          if (value.contains(":")) {
            run.add(Bind.parse(value));
          } else {
            run.anonymousVolumes.add(new Volume(value));
          }
        });
    options.put("volume-driver", (run, value) -> run.host.withVolumeDriver(value));
  }

  private static void addIsolation(Map<String, Option> options) {
    options.put("cap-add", (run, value) -> run.addedCapabilities.add(capability(value)));
    options.put("cap-drop", (run, value) -> run.droppedCapabilities.add(capability(value)));
    options.put("ipc", (run, value) -> run.host.withIpcMode(value));
    options.put("pid", (run, value) -> run.host.withPidMode(value));
    options.put("privileged", (run, value) -> run.host.withPrivileged(flag(value)));
    options.put("runtime", (run, value) -> run.host.withRuntime(value));
    options.put("security-opt", (run, value) -> run.securityOptions.add(value));
    options.put("sysctl", (run, value) -> putPair(run.kernelParameters, value));
    options.put("userns", (run, value) -> run.host.withUsernsMode(value));
    options.put("uts", (run, value) -> run.host.withUtSMode(value));
  }

  /** Driver and its options come apart, and belong together. */
  static void applyLog(RunOptions run) {
    if (run.logDriver.isEmpty() && run.logOptions.isEmpty()) {
      return;
    }
    LogConfig log = new LogConfig().setConfig(run.logOptions);
    run.logDriver.map(RunParameters::loggingType).ifPresent(log::setType);
    run.host.withLogConfig(log);
  }

  private static LogConfig.LoggingType loggingType(String driver) {
    for (LogConfig.LoggingType type : LogConfig.LoggingType.values()) {
      if (type.getType().equals(driver)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no such log driver");
  }

  private static Capability capability(String value) {
    String name = value.toUpperCase(Locale.ROOT);
    return Capability.valueOf(name.startsWith("CAP_") ? name.substring(4) : name);
  }

  /** {@code --read-only=true}, and {@code --read-only=}, as the bare flag comes through. */
  private static boolean flag(String value) {
    return switch (value) {
      case "", "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  private static void putPair(Map<String, String> pairs, String value) {
    int equals = value.indexOf('=');
    if (equals == 0) {
      throw new IllegalArgumentException("expected name=value");
    }
    pairs.put(
        equals < 0 ? value : value.substring(0, equals),
        equals < 0 ? "" : value.substring(equals + 1));
  }

  /** {@code nofile=1024:2048}, or one number for both. */
  private static Ulimit ulimit(String value) {
    String[] parts = value.split("=", 2);
    if (parts.length < 2) {
      throw new IllegalArgumentException("expected name=soft or name=soft:hard");
    }
    String[] limits = parts[1].split(":", 2);
    return new Ulimit(
        parts[0], Long.parseLong(limits[0]), Long.parseLong(limits[limits.length - 1]));
  }

  /** A number with an optional unit b, k, m, g or t, in either case; -1 means no limit. */
  static long bytes(String value) {
    String text = value.toLowerCase(Locale.ROOT);
    if (text.endsWith("b") && text.length() > 1) {
      text = text.substring(0, text.length() - 1);
    }
    int shift =
        switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          case 't' -> 40;
          default -> 0;
        };
    String number = shift == 0 ? text : text.substring(0, text.length() - 1);
    if (!number.matches("-?\\d+(\\.\\d+)?")) {
      throw new IllegalArgumentException("expected bytes, e.g. 64m");
    }
    return Math.round(Double.parseDouble(number) * (1L << shift));
  }
}
