package io.mesocosm.master;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos.MachineID;

/** Names a machine in maintenance schedules: equal whatever the case of its host name. */
record MachineKey(String hostname, String ip) implements Comparable<MachineKey> {
  private static final Comparator<MachineKey> ORDER =
      Comparator.comparing(MachineKey::hostname).thenComparing(MachineKey::ip);
  private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.|$)){4}");

  static MachineKey of(MachineID machine) {
    return new MachineKey(machine.getHostname().toLowerCase(Locale.ROOT), machine.getIp());
  }

  MachineID message() {
    MachineID.Builder machine = MachineID.newBuilder();
    if (!hostname.isEmpty()) {
      machine.setHostname(hostname);
    }
    if (!ip.isEmpty()) {
      machine.setIp(ip);
    }
    return machine.build();
  }

  /** Whether an agent of that name and address runs on it; what is not named does not matter. */
  boolean covers(String agentHostname, String agentIp) {
    return (hostname.isEmpty() || hostname.equalsIgnoreCase(agentHostname))
        && (ip.isEmpty() || ip.equals(agentIp));
  }

  /** M1: a machine is named by a host name, an IPv4 address, or both. */
  static Optional<String> problem(MachineID machine) {
    if (machine.getHostname().isEmpty() && machine.getIp().isEmpty()) {
      return Optional.of("Both 'hostname' and 'ip' for a machine are empty: give one of them");
    }
    return machine.getIp().isEmpty() || IPV4.matcher(machine.getIp()).matches()
        ? Optional.empty()
        : Optional.of("'" + machine.getIp() + "' is no IPv4 address of a machine");
  }

  @Override
  public int compareTo(MachineKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return hostname.isEmpty() ? ip : ip.isEmpty() ? hostname : hostname + " (" + ip + ")";
  }
}
