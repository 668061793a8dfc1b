package io.mesocosm.services.app;

import java.util.Optional;
import java.util.SortedMap;

/**
 * A network that an app's instances join.
 *
 * @param name of a container network; host and bridge have none
 */
public record Network(Mode mode, Optional<String> name, SortedMap<String, String> labels) {
  public Network {
    labels = AppDefinition.copyOf(labels);
  }

  /** Kinds of networks. */
  public enum Mode {
    /** The host's own network. */
    HOST("host"),
    /** A private network of the host, with ports published on it. */
    BRIDGE("container/bridge"),
    /** A network that spans hosts, with an address for each container. */
    CONTAINER("container");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    /** As definitions write it. */
    public String text() {
      return text;
    }
  }
}
