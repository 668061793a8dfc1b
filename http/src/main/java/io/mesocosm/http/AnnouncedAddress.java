package io.mesocosm.http;

import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Under which address others are told to reach what listens on an address of this host. */
public final class AnnouncedAddress {
  private static final System.Logger LOG = System.getLogger(AnnouncedAddress.class.getName());

  private AnnouncedAddress() {}

  /**
   * The address itself, or for "all addresses" the one that this host's own name stands for; where
   * that is the loopback address, as on Debian, one by which others may reach the host.
   *
   * @param ip as in the flag, e.g. {@code 0.0.0.0}
   * @throws IllegalArgumentException if that is no address
   */
  public static InetAddress of(String ip) {
    InetAddress given = parse(ip);
    if (!given.isAnyLocalAddress()) {
      return given;
    }
    try {
      InetAddress own = InetAddress.getLocalHost();
      return own.isLoopbackAddress() ? outside().orElse(own) : own;
    } catch (UnknownHostException e) {
      LOG.log(INFO, "this host's own name has no address: another one is announced", e);
      return outside().orElseGet(InetAddress::getLoopbackAddress);
    }
  }

  /**
   * Whether all addresses of this host are meant, e.g. by {@code 0.0.0.0}.
   *
   * @throws IllegalArgumentException if that is no address
   */
  public static boolean standsForAll(String ip) {
    return parse(ip).isAnyLocalAddress();
  }

  private static InetAddress parse(String ip) {
    try {
      return InetAddress.getByName(ip);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          ip + " is no address of this machine: give one that is", e);
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
      LOG.log(INFO, "this host has no way out: an address of its own is announced", e);
      return Optional.empty();
    }
  }
}
