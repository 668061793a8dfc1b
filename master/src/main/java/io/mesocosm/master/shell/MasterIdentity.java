package io.mesocosm.master.shell;

import io.mesocosm.http.AnnouncedAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Address;
import org.apache.mesos.v1.Protos.MasterInfo;

/** Who a master says that it is, anew with each start. */
final class MasterIdentity {
  private static final String VERSION_UNPACKAGED = "0.1.0";

  private MasterIdentity() {}

  static MasterInfo draw(MasterOptions options, int port, RandomGenerator random) {
    InetAddress address = AnnouncedAddress.of(options.http().bindAddress());
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

  static String version() {
    return Optional.ofNullable(MasterIdentity.class.getPackage().getImplementationVersion())
        .orElse(VERSION_UNPACKAGED);
  }
}
