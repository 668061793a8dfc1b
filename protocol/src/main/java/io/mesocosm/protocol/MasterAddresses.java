package io.mesocosm.protocol;

import org.apache.mesos.v1.Protos.MasterInfo;

/** Where a master serves, as it announces itself (contracts/mesos-ha.md Z9, Z10). */
public final class MasterAddresses {
  private static final String PID_PREFIX = "master@";

  private MasterAddresses() {}

  /**
   * {@code host:port}: of the structured address, else of the older fields, else of the oldest.
   *
   * @param byName by the host name, which a certificate has, and not by the address, which needs no
   *     DNS; where there are both
   * @throws InvalidMessageException if none of the fields is there
   */
  public static String hostAndPort(MasterInfo master, boolean byName)
      throws InvalidMessageException {
    if (master.hasAddress()) {
      String name = master.getAddress().getHostname();
      String ip = master.getAddress().getIp();
      boolean named = ip.isEmpty() || (byName && !name.isEmpty());
      return joined(named ? name : ip, master.getAddress().getPort());
    }
    if (!master.getHostname().isEmpty()) {
      return joined(master.getHostname(), master.getPort());
    }
    if (master.getPid().startsWith(PID_PREFIX)) {
      return master.getPid().substring(PID_PREFIX.length());
    }
    throw new InvalidMessageException("it has neither an address nor a host name nor a pid");
  }

  private static String joined(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
