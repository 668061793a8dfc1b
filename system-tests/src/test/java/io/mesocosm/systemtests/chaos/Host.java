package io.mesocosm.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A machine of the cluster: a network namespace with one address on the common bridge, and a folder
 * that is a small file system of its own, so that its disk can be full.
 */
final class Host {
  private static final String DISK = "256m";
  private static final String LOSS =
      "iptables %s INPUT -i eth0 -m statistic --mode random --probability 0.04 -j DROP";

  private final String name;
  private final String ip;
  private final Path folder;

  Host(String prefix, int number, String ip, Path root) {
    this.name = prefix + number;
    this.ip = ip;
    this.folder = root.resolve(name);
  }

  String name() {
    return name;
  }

  String ip() {
    return ip;
  }

  Path folder() {
    return folder;
  }

  void create(String bridge, int prefixLength) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", folder.toString());
    Shell.run("ip", "netns", "add", name);
    Shell.run(
        "ip", "link", "add", outside(), "type", "veth", "peer", "name", "eth0", "netns", name);
    Shell.run("ip", "link", "set", outside(), "master", bridge, "up");
    inside("ip", "address", "add", ip + "/" + prefixLength, "dev", "eth0");
    inside("ip", "link", "set", "eth0", "up");
    inside("ip", "link", "set", "lo", "up");
  }

  void destroy() {
    Shell.attempt("ip", "netns", "delete", name);
    Shell.attempt("ip", "link", "delete", outside());
    Shell.attempt("umount", "-l", folder.toString());
  }

  /** Pulls the cable, or puts it back. Packets vanish: nobody is told. */
  void plugged(boolean in) {
    Shell.run("ip", "link", "set", outside(), in ? "up" : "down");
  }

  /**
   * Makes the network slow and lossy. A kernel without netem, as some virtual machines have, still
   * drops packets and has a narrow line, which makes for delays when something is sent.
   */
  void degrade() {
    int exitCode =
        attemptInside("tc qdisc replace dev eth0 root netem delay 150ms 50ms loss 4%".split(" "))
            .exitCode();
    if (exitCode != 0) {
      inside("tc qdisc replace dev eth0 root tbf rate 400kbit burst 16kbit latency 1s".split(" "));
      inside(LOSS.formatted("-A").split(" "));
    }
  }

  void mend() {
    attemptInside("tc qdisc del dev eth0 root".split(" "));
    attemptInside(LOSS.formatted("-D").split(" "));
  }

  /** Leaves not a byte of the disk. */
  void fillDisk() {
    // It ends with "no space left on device", as it is meant to.
    Shell.attempt("dd", "if=/dev/zero", "of=" + folder.resolve("ballast"), "bs=64k");
  }

  void freeDisk() {
    try {
      Files.deleteIfExists(folder.resolve("ballast"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void inside(String... command) {
    Shell.run(within(command));
  }

  private Shell.Outcome attemptInside(String... command) {
    return Shell.attempt(within(command));
  }

  private String[] within(String... command) {
    return Stream.concat(Stream.of("ip", "netns", "exec", name), Stream.of(command))
        .toArray(String[]::new);
  }

  private String outside() {
    return "v-" + name;
  }
}
