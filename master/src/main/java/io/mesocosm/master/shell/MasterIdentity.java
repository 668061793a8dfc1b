package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Address;
import org.apache.mesos.v1.Protos.MasterInfo;

/** Who a master says that it is, anew with each start. */
final class MasterIdentity {
  private static final System.Logger LOG = System.getLogger(MasterIdentity.class.getName());
  private static final String VERSION_UNPACKAGED = "0.1.0";

  private MasterIdentity() {}

  static MasterInfo draw(MasterOptions options, int port, RandomGenerator random) {
    InetAddress address = advertised(options.http().bindAddress());
    String ip = address.getHostAddress();
    String hostname = options.hostname().orElseGet(address::getCanonicalHostName);
    MasterInfo.Builder info =
        MasterInfo.newBuilder()
            .setId(new UUID(random.nextLong(), random.nextLong()).toString())
            // Network byte order, as the wire has always had it.
            .setIp(
                address instanceof Inet4Address
                    ? ByteBuffer.wrap(address.getAddress()).order(ByteOrder.LITTLE_ENDIAN).getInt()
                    : 0)
            .setPort(port)
            .setPid("master@" + ip + ":" + port)
            .setHostname(hostname)
            .setVersion(version())
            .setAddress(Address.newBuilder().setHostname(hostname).setIp(ip).setPort(port));
    options.domain().ifPresent(info::setDomain);
    info.addCapabilities(
        MasterInfo.Capability.newBuilder().setType(MasterInfo.Capability.Type.AGENT_UPDATE));
    info.addCapabilities(
        MasterInfo.Capability.newBuilder().setType(MasterInfo.Capability.Type.AGENT_DRAINING));
    return info.build();
  }

  /**
   * The address given, or for "all addresses" the one that this host's own name stands for; where
   * that is the loopback address, as on Debian, one by which others may reach the host.
   */
  private static InetAddress advertised(String ip) {
    try {
      InetAddress given = InetAddress.getByName(ip);
      if (!given.isAnyLocalAddress()) {
        return given;
      }
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "--ip=" + ip + " is no address: give one of this host, or 0.0.0.0", e);
    }
    try {
      InetAddress own = InetAddress.getLocalHost();
      return own.isLoopbackAddress() ? outside().orElse(own) : own;
    } catch (UnknownHostException e) {
      LOG.log(INFO, "this host's own name has no address: the loopback address is announced", e);
      return InetAddress.getLoopbackAddress();
    }
  }

  /**
   * The address that packets to far away leave from: nothing is sent, the kernel only looks for the
   * way to an address that is reserved for documentation (RFC 5737).
   */
  private static Optional<InetAddress> outside() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 9);
      return Optional.of(socket.getLocalAddress()).filter(address -> !address.isAnyLocalAddress());
    } catch (IOException | UncheckedIOException e) {
      LOG.log(INFO, "this host has no way out: the address of its own name is announced", e);
      return Optional.empty();
    }
  }

  static String version() {
    return Optional.ofNullable(MasterIdentity.class.getPackage().getImplementationVersion())
        .orElse(VERSION_UNPACKAGED);
  }
}
