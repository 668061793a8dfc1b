package io.mesocosm.services.app;

import java.util.List;

/** What a port is spoken to with. */
public enum Protocol {
  TCP("tcp"),
  UDP("udp"),
  /** One port number for both. */
  UDP_TCP("udp,tcp");

  private final String text;

  Protocol(String text) {
    this.text = text;
  }

  /** As definitions write it. */
  public String text() {
    return text;
  }

  /** The names of the single protocols, as Mesos wants them: one or two. */
  public List<String> names() {
    return List.of(text.split(",", -1));
  }
}
