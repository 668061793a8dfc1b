package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperDetector;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MasterAddresses;
import io.mesocosm.protocol.MesosJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * The master that ZooKeeper says leads ({@code --master=zk://…}, contracts/mesos-ha.md Z1 to Z10).
 *
 * <p>When ZooKeeper cannot be asked, the master that led last is still the best guess: a link to it
 * is left alone, and a master that does not lead any more redirects or refuses.
 */
final class ElectedMaster implements MasterLocator {
  private static final System.Logger LOG = System.getLogger(ElectedMaster.class.getName());

  private final ZooKeeperAddress address;
  private final ElectionOptions election;
  private final boolean byName;
  // The detector's thread writes, those that open links read.
  private volatile Optional<String> leader = Optional.empty();

  /**
   * @param byName whether to go to the master by its host name, which its certificate has, and not
   *     by its address, which needs no DNS
   */
  ElectedMaster(ZooKeeperAddress address, Duration sessionTimeout, boolean byName) {
    this.address = address;
    this.election = new ElectionOptions("/", "json.info_", sessionTimeout);
    this.byName = byName;
  }

  @Override
  public Optional<String> locate() {
    return leader;
  }

  @Override
  public Watch watch(Consumer<String> listener) {
    ZooKeeperDetector detector =
        ZooKeeperDetector.watch(address, election, content -> changed(content, listener));
    return detector::close;
  }

  /** To be called by the detector. */
  void changed(Optional<byte[]> content, Consumer<String> listener) {
    if (content.isEmpty()) {
      LOG.log(INFO, "{0} names no leading master at the moment", address);
      return;
    }
    String json = new String(content.get(), StandardCharsets.UTF_8);
    try {
      String found =
          MasterAddresses.hostAndPort(
              MesosJson.parse(json, MasterInfo.newBuilder()).build(), byName);
      LOG.log(INFO, "{0} names {1} as the leading master", address, found);
      leader = Optional.of(found);
      listener.accept(found);
    } catch (InvalidMessageException e) {
      LOG.log(
          WARNING, "{0} names a master that cannot be understood: {1}", address, e.getMessage());
    }
  }
}
