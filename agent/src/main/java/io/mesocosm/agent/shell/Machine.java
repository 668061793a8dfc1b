package io.mesocosm.agent.shell;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.AttributeText;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.ResourceText;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentInfo;

/** Finds out about this machine what the options leave open. */
final class Machine {
  private Machine() {}

  /**
   * The core's configuration.
   *
   * @param port that the HTTP server really listens on
   * @throws IllegalArgumentException naming the flag that is not valid
   */
  static AgentConfig config(
      AgentOptions options, Containerizers containerizers, int port, String version)
      throws IOException {
    String ip = options.ip().isPresent() ? options.ip().get() : address();
    Resources resources =
        MachineResources.complete(
            ResourceText.parse(options.resources(), options.defaultRole()),
            Set.copyOf(ResourceText.names(options.resources())),
            options.workDir(),
            options.defaultRole());
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname(options.hostname().isPresent() ? options.hostname().get() : hostname(ip))
            .setPort(port)
            .addAllResources(ResourceMapping.toProto(resources))
            .addAllAttributes(AttributeText.parse(options.attributes()))
            .build();
    return new AgentConfig(
        info,
        ip,
        options.ip().orElse("0.0.0.0"),
        version,
        options.workDir().toString(),
        containerizers.process().isPresent(),
        containerizers.docker().isPresent(),
        options.sandboxDirectory().toString(),
        options.executorEnvironment(),
        options.executorShutdownGracePeriod(),
        options.stopGrace(),
        options.registrationBackoffFactor(),
        options.launchTimeout(),
        options.switchUser() && "root".equals(System.getProperty("user.name")));
  }

  private static String hostname(String ip) throws IOException {
    String name = InetAddress.getByName(ip).getCanonicalHostName();
    return name.equals(ip) ? InetAddress.getLocalHost().getHostName() : name;
  }

  /** The machine's own address if it is one that others can reach, else the first such. */
  private static String address() throws IOException {
    InetAddress own = InetAddress.getLocalHost();
    if (!own.isLoopbackAddress() && own instanceof Inet4Address) {
      return own.getHostAddress();
    }
    Optional<String> found =
        Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .map(InetAddress::getHostAddress)
            .findFirst();
    return found.orElse("127.0.0.1");
  }
}
