package io.mesocosm.coordination;

/** How every ZooKeeper server in this process is set. */
final class ServerSettings {
  /**
   * ZooKeeper's unit of time. Sessions expire at whole ticks, so a small one finds a dead leader
   * sooner; it costs a few tiny messages a second between servers.
   */
  static final int TICK_MILLIS = 100;

  static final int SESSION_MILLIS_MIN = 1_000;
  static final int SESSION_MILLIS_MAX = 60_000;

  /** For a member to load the data of the one that leads. */
  static final int JOIN_TICKS_MAX = 200;

  /** For a member to answer the one that leads, before one of the two gives up. */
  static final int ANSWER_TICKS_MAX = 30;

  private ServerSettings() {}

  /**
   * What ZooKeeper reads from the process when its classes load: no web server of its own, no beans
   * for log4j, of its four-letter words those that only tell how it is, and servers that start
   * minutes apart find one another within seconds.
   */
  static void apply() {
    System.setProperty("zookeeper.admin.enableServer", "false");
    System.setProperty("zookeeper.jmx.log4j.disable", "true");
    System.setProperty("zookeeper.4lw.commands.whitelist", "ruok,srvr,stat,mntr,isro");
    System.setProperty("zookeeper.fastleader.maxNotificationInterval", "2000");
  }
}
