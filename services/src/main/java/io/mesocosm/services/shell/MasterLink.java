package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.DEBUG;

import io.mesocosm.framework.MasterLocator;
import io.mesocosm.framework.SchedulerClient;
import io.mesocosm.framework.SchedulerClientOptions;
import io.mesocosm.framework.SchedulerListener;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.services.ServicesCommand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The subscription at the master, from the moment when the core wants one. Events come back as
 * commands. Thread-safe.
 */
public final class MasterLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MasterLink.class.getName());

  private static final Duration RETRY_MIN = Duration.ofMillis(250);
  private static final Duration RETRY_MAX = Duration.ofSeconds(10);

  private final MasterLocator masters;
  private final ClientAccess access;
  private final Consumer<ServicesCommand> mailbox;
  // The client's thread writes, those of readers read.
  private volatile String masterHost = "";
  // The event loop opens, whoever closes closes.
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Optional<SchedulerClient> client = Optional.empty();
  private boolean closed;

  /**
   * @param masters says where they are
   * @param access shown to them
   * @param mailbox takes commands for the core; may block
   */
  public MasterLink(MasterLocator masters, ClientAccess access, Consumer<ServicesCommand> mailbox) {
    this.masters = masters;
    this.access = access;
    this.mailbox = mailbox;
  }

  /** The host of the master that we were subscribed at last; empty before. On any thread. */
  String masterHost() {
    return masterHost;
  }

  /** Subscribes, now and whenever the subscription is lost. */
  public void subscribe(FrameworkInfo framework) {
    SchedulerListener listener =
        new SchedulerListener() {
          @Override
          public void onEvent(Event event) {
            if (event.getType() == Event.Type.SUBSCRIBED && event.getSubscribed().hasMasterInfo()) {
              masterHost = event.getSubscribed().getMasterInfo().getHostname();
            }
            mailbox.accept(new ServicesCommand.SchedulerEvent(event));
          }

          @Override
          public void onDisconnected(String reason) {
            mailbox.accept(new ServicesCommand.SchedulerDisconnected(reason));
          }
        };
    SchedulerClientOptions options =
        new SchedulerClientOptions(
            masters, framework, List.of(), RETRY_MIN, RETRY_MAX, MediaType.PROTOBUF, access);
    lock.lock();
    try {
      if (!closed) {
        client = Optional.of(SchedulerClient.start(options, listener));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends a call if the subscription stands; the core copes with calls that are lost. */
  public void send(Call call) {
    if (call.getType() == Call.Type.UPDATE_FRAMEWORK) {
      // The next subscription is to say the same of us.
      client.ifPresent(open -> open.framework(call.getUpdateFramework().getFrameworkInfo()));
    }
    boolean sent = client.map(open -> open.send(call)).orElse(false);
    if (!sent) {
      LOG.log(DEBUG, () -> "no subscription: " + call.getType() + " is not sent");
    }
  }

  /** Ends the subscription at once: another scheduler acts now, and nothing more is sent. */
  public void cut() {
    last().ifPresent(SchedulerClient::cut);
  }

  @Override
  public void close() {
    last().ifPresent(SchedulerClient::close);
  }

  private Optional<SchedulerClient> last() {
    lock.lock();
    try {
      closed = true;
      return client;
    } finally {
      lock.unlock();
    }
  }
}
