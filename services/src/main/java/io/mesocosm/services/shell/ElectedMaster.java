package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperDetector;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MasterAddresses;
import io.mesocosm.protocol.MesosJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * The master that ZooKeeper says leads ({@code --master=zk://…}, contracts/mesos-ha.md Z1 to Z10).
 * While it says that nobody does, or cannot be asked, the one that led last is still the best
 * guess: a subscription there is left alone, and a master that does not lead redirects or refuses.
 */
public final class ElectedMaster implements MasterLocator {
  private static final System.Logger LOG = System.getLogger(ElectedMaster.class.getName());

  private final ZooKeeperAddress address;
  private final ElectionOptions election;
  private final boolean encrypted;
  // The detector's thread writes, the one that subscribes reads.
  private volatile List<URI> leader = List.of();

  /**
   * @param encrypted whether masters speak TLS: then the way is by their host names, which their
   *     certificates have; else by their addresses, which need no DNS
   */
  public ElectedMaster(ZooKeeperAddress address, Duration sessionTimeout, boolean encrypted) {
    this.address = address;
    this.election = new ElectionOptions("/", "json.info_", sessionTimeout);
    this.encrypted = encrypted;
  }

  @Override
  public List<URI> masters() {
    return leader;
  }

  @Override
  public Watch watch(Consumer<URI> listener) {
    ZooKeeperDetector detector =
        ZooKeeperDetector.watch(address, election, content -> changed(content, listener));
    return detector::close;
  }

  /** To be called by the detector. */
  void changed(Optional<byte[]> content, Consumer<URI> listener) {
    if (content.isEmpty()) {
      LOG.log(INFO, "{0} names no leading master at the moment", address);
      return;
    }
    String json = new String(content.get(), StandardCharsets.UTF_8);
    URI found;
    try {
      MasterInfo info = MesosJson.parse(json, MasterInfo.newBuilder()).build();
      found =
          URI.create(
              (encrypted ? "https://" : "http://") + MasterAddresses.hostAndPort(info, encrypted));
    } catch (InvalidMessageException | IllegalArgumentException e) {
      LOG.log(
          WARNING, "{0} names a master that cannot be understood: {1}", address, e.getMessage());
      return;
    }
    LOG.log(INFO, "{0} names {1} as the leading master", address, found);
    leader = List.of(found);
    listener.accept(found);
  }
}
