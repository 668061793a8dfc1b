package io.mesocosm.services.api;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who answers.
 *
 * @param name of the framework
 * @param version of this program
 * @param scheme http or https
 * @param hostname that clients reach it by
 * @param port that it listens on
 * @param flags by name, as given or by default
 */
public record ServicesIdentity(
    String name,
    String version,
    String scheme,
    String hostname,
    int port,
    SortedMap<String, String> flags) {
  public ServicesIdentity {
    flags = Collections.unmodifiableSortedMap(new TreeMap<>(flags));
  }

  /** {@code host:port}. */
  public String address() {
    return hostname + ":" + port;
  }

  /** Where people and programs find it. */
  public String url() {
    return scheme + "://" + address();
  }
}
