package io.mesocosm.coordination;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where ZooKeeper is and what part of it is ours (contracts/mesos-ha.md Z1).
 *
 * @param credentials {@code user:password}, if given
 * @param servers {@code host:port,host:port}
 * @param path begins with {@code /}; {@code /} for all of it
 */
public record ZooKeeperAddress(Optional<String> credentials, String servers, String path) {
  private static final String SERVER = "(?:\\[[0-9a-fA-F:.]+\\]|[^/@,:\\[\\]\\s]+):[0-9]{1,5}";
  private static final Pattern SERVERS = Pattern.compile(SERVER + "(?:," + SERVER + ")*");
  private static final Pattern URL =
      Pattern.compile("zk://(?:([^@/:\\s]+:[^@\\s]+)@)?([^/@]+)(/\\S*)?");
  private static final Pattern TRAILING_SLASHES = Pattern.compile("/+$");
  private static final int PORT_MAX = 65535;

  public ZooKeeperAddress {
    if (!SERVERS.matcher(servers).matches()) {
      throw malformed();
    }
    for (String server : servers.split(",")) {
      int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
      if (port < 1 || port > PORT_MAX) {
        throw malformed();
      }
    }
    RecordPath.requireFolder(path);
  }

  /**
   * @throws IllegalArgumentException saying what an address looks like, without the text given: it
   *     may hold a password
   */
  public static ZooKeeperAddress parse(String text) {
    Matcher matcher = URL.matcher(text.strip());
    if (!matcher.matches()) {
      throw malformed();
    }
    String path =
        matcher.group(3) == null ? "" : TRAILING_SLASHES.matcher(matcher.group(3)).replaceFirst("");
    return new ZooKeeperAddress(
        Optional.ofNullable(matcher.group(1)), matcher.group(2), path.isEmpty() ? "/" : path);
  }

  /** The node of a path of ours. */
  String node(String relative) {
    if (path.equals("/")) {
      return relative;
    }
    return relative.equals("/") ? path : path + relative;
  }

  /** For logs and messages: without the password. */
  @Override
  public String toString() {
    String user =
        credentials.map(text -> text.substring(0, text.indexOf(':')) + ":***@").orElse("");
    return "zk://" + user + servers + path;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "zk://[user:password@]host1:port1,host2:port2/path, with ports from 1 to " + PORT_MAX);
  }
}
