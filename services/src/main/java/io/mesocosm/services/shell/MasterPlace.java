package io.mesocosm.services.shell;

import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.framework.MasterLocator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Where {@code --master} says that masters are. */
public sealed interface MasterPlace {
  /** Always the same, tried in turn. */
  record Fixed(List<URI> masters) implements MasterPlace {
    public Fixed {
      masters = List.copyOf(masters);
    }

    @Override
    public MasterLocator locator(Duration sessionTimeout, boolean encrypted) {
      return MasterLocator.fixed(masters);
    }
  }

  /** The one that leads among those that ZooKeeper knows. */
  record Elected(ZooKeeperAddress address) implements MasterPlace {
    @Override
    public MasterLocator locator(Duration sessionTimeout, boolean encrypted) {
      return new ElectedMaster(address, sessionTimeout, encrypted);
    }
  }

  /**
   * @param sessionTimeout of the session with ZooKeeper, if there is one
   * @param encrypted whether masters speak TLS, where nothing else says so
   */
  MasterLocator locator(Duration sessionTimeout, boolean encrypted);

  /**
   * What the flag says.
   *
   * @throws IllegalArgumentException saying what it should look like, without the text given: it
   *     may hold a password
   */
  static MasterPlace parse(String text) {
    String given = text.strip();
    if (given.startsWith("file://")) {
      try {
        given = Files.readString(Path.of(given.substring("file://".length()))).strip();
      } catch (IOException e) {
        throw new IllegalArgumentException("a file that can be read, and holds zk://...", e);
      }
    }
    return given.startsWith("zk://")
        ? new Elected(ZooKeeperAddress.parse(given))
        : new Fixed(addresses(given));
  }

  private static List<URI> addresses(String text) {
    Pattern address =
        Pattern.compile("(https?://)?[^:/@\\s]+:[0-9]{1,5}/?|(https?://)?\\[[^]]+]:[0-9]{1,5}/?");
    List<URI> masters = new ArrayList<>();
    for (String master : text.split(",", -1)) {
      String stripped = master.strip();
      if (!address.matcher(stripped).matches()) {
        throw new IllegalArgumentException(
            "host:port of each master, separated by commas, or zk://host:port,…/path");
      }
      String base =
          stripped.endsWith("/") ? stripped.substring(0, stripped.length() - 1) : stripped;
      masters.add(URI.create(base.startsWith("http") ? base : "http://" + base));
    }
    return masters;
  }
}
