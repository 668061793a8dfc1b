package io.mesocosm.agent.shell;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.StoredState;
import io.mesocosm.http.AnnouncedAddress;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.AttributeText;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.DomainInfo;
import org.apache.mesos.v1.Protos.Resource;

/** Finds out about this machine what the options leave open. */
final class Machine {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String ALL_ADDRESSES = "0.0.0.0";
  private static final String FIXED = "fixed:";
  private static final Duration EXECUTOR_HEARTBEAT_INTERVAL = Duration.ofMinutes(30);

  private Machine() {}

  /**
   * The core's configuration.
   *
   * @param port that the HTTP server really listens on
   * @param stored what an earlier agent of the work directory left behind
   * @throws IllegalStateException if that does not fit the machine any more
   * @throws IllegalArgumentException naming the flag that is not valid
   */
  static AgentConfig config(
      AgentOptions options,
      Containerizers containerizers,
      int port,
      String version,
      StoredState stored)
      throws IOException {
    String ip = AnnouncedAddress.of(options.ip().orElse(ALL_ADDRESSES)).getHostAddress();
    ResourceText.Declared declared =
        ResourceText.declared(FlagText.read(options.resources()), options.defaultRole());
    Resources resources =
        MachineResources.complete(
            declared.resources(), declared.names(), options.workDir(), options.defaultRole());
    List<Resource> wire = ResourceMapping.toProto(resources);
    AgentInfo.Builder info =
        AgentInfo.newBuilder()
            .setHostname(options.hostname().isPresent() ? options.hostname().get() : hostname(ip))
            .setPort(port)
            .addAllResources(wire)
            .addAllAttributes(AttributeText.parse(options.attributes()));
    if (options.domain().isPresent()) {
      info.setDomain(domain(options.domain().get()));
    }
    return new AgentConfig(
        info.build(),
        ip,
        options.ip().orElse(ALL_ADDRESSES),
        version,
        options.workDir().toString(),
        containerizers.process().isPresent(),
        containerizers.docker().isPresent(),
        options.sandboxDirectory().toString(),
        options.executorEnvironment(),
        executorTransport(options),
        options.executorShutdownGracePeriod(),
        options.stopGrace(),
        options.registrationBackoffFactor(),
        options.launchTimeout(),
        options.switchUser() && "root".equals(System.getProperty("user.name")),
        options.launchTimeout(),
        options.executorReregistrationTimeout(),
        options.recoveryTimeout(),
        EXECUTOR_HEARTBEAT_INTERVAL,
        estimate(options),
        bootId(),
        options.maxCompletedExecutorsPerFramework(),
        stored.adjustedTo(wire));
  }

  /** In the names of libprocess, which executors of a Mesos agent with TLS go by. */
  private static SortedMap<String, String> executorTransport(AgentOptions options) {
    SortedMap<String, String> variables = new TreeMap<>();
    options
        .security()
        .tlsFiles()
        .ifPresent(files -> {
          variables.put("LIBPROCESS_SSL_ENABLED", "1");
          files
              .authorities()
              .ifPresent(file ->
                  variables.put(
                      AgentConfig.EXECUTOR_AUTHORITIES, file.toAbsolutePath().toString()));
        });
    return variables;
  }

  /** The constant estimate of what is idle (contracts/mesos-allocation.md X1). */
  private static List<Resource> estimate(AgentOptions options) {
    if (options.resourceEstimator().isEmpty()) {
      return List.of();
    }
    String text = options.resourceEstimator().get();
    if (!text.startsWith(FIXED)) {
      throw new IllegalArgumentException(
          "--resource_estimator="
              + text
              + " is not valid: expected fixed:<resources>, e.g. fixed:cpus:2;mem:1024");
    }
    Resources fixed = ResourceText.parse(text.substring(FIXED.length()), "*");
    return ResourceMapping.toProto(fixed).stream()
        .map(resource ->
            resource.toBuilder().setRevocable(Resource.RevocableInfo.getDefaultInstance()).build())
        .toList();
  }

  private static DomainInfo domain(String given) throws IOException {
    try {
      return MesosJson.parse(FlagText.read(given), DomainInfo.newBuilder()).build();
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException(
          "--domain="
              + given
              + " is not valid: "
              + e.getMessage()
              + "; expected e.g. {\"fault_domain\": {\"region\": {\"name\": \"r\"},"
              + " \"zone\": {\"name\": \"z\"}}}",
          e);
    }
  }

  /** Empty where the kernel does not tell. */
  private static String bootId() throws IOException {
    return Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
  }

  private static String hostname(String ip) throws IOException {
    String name = InetAddress.getByName(ip).getCanonicalHostName();
    return name.equals(ip) ? InetAddress.getLocalHost().getHostName() : name;
  }
}
