package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.LinkEventRules;
import io.mesocosm.http.RecordStream;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Carries the agent link over HTTP: one SUBSCRIBE whose response stays open, and the other calls
 * one after another beside it. What happens comes back as commands that bear the link's number. The
 * methods are called by the event loop and do not block, except {@link #close}.
 */
final class MasterLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MasterLink.class.getName());
  private static final String PROTOBUF = MediaType.PROTOBUF.contentType();
  private static final String STREAM_ID = "Mesos-Stream-Id";
  private static final Duration ANSWER_MAX = Duration.ofSeconds(15);
  private static final Duration FLUSH_MAX = Duration.ofSeconds(3);
  private static final Duration REFUSED_PAUSE_MIN = Duration.ofSeconds(5);
  private static final Duration REFUSED_PAUSE_MAX = Duration.ofSeconds(50);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int QUEUED_CALLS_MAX = 10_000;
  private static final int BATCH_MAX = 500;
  private static final long BATCH_BYTES_MAX = 1 << 20;

  private final MasterLocator locator;
  private final Consumer<AgentCommand> mailbox;
  private final ClientAccess access;
  private final HttpClient client;
  // The event loop writes; whoever follows the leader reads.
  private volatile Optional<Connection> current = Optional.empty();

  // Of one reader after another: how often in a row a master has refused this agent.
  private volatile int refusals;

  /**
   * @param access what the agent shows of itself; masters are spoken to with TLS if it knows whom
   *     to believe, unless their address says otherwise
   */
  MasterLink(MasterLocator locator, ClientAccess access, Consumer<AgentCommand> mailbox) {
    this.locator = locator;
    this.access = access;
    this.client = access.clients().connectTimeout(Duration.ofSeconds(5)).build();
    this.mailbox = mailbox;
  }

  void connect(long link, LinkCall subscribe) {
    current.ifPresent(Connection::end);
    Connection connection = new Connection(link);
    current = Optional.of(connection);
    connection.begin(subscribe);
  }

  void send(long link, LinkCall call) {
    current.filter(connection -> connection.link == link).ifPresent(it -> it.send(call));
  }

  /**
   * Ends the link if it leads, or is being opened, to another master than the one that leads now:
   * one that was deposed may not know it yet. Called from outside the event loop; may block.
   *
   * @param leader as the locator names it
   */
  void leaderChanged(String leader) {
    current
        .filter(connection -> connection.located.filter(it -> !it.equals(leader)).isPresent())
        .ifPresent(connection -> connection.leaveFor(leader));
  }

  void disconnect(long link, String reason) {
    LOG.log(INFO, "leaving the link to the master: {0}", reason);
    current.filter(connection -> connection.link == link).ifPresent(Connection::end);
  }

  /**
   * Lets what was sent go out, for a moment, and closes. To be called when the event loop rests.
   */
  @Override
  public void close() {
    current.ifPresent(Connection::flush);
    current.ifPresent(Connection::end);
    client.shutdownNow();
  }

  /** One try, and the link that came of it. */
  private final class Connection {
    final long link;
    // The event loop fills it, the sender's thread empties it.
    private final BlockingQueue<Optional<LinkCall>> calls =
        new LinkedBlockingQueue<>(QUEUED_CALLS_MAX);
    // Reader, sender and event loop may each find that the link is over: the first one tells.
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread sender;
    // Written by the reader before the sender starts.
    private volatile Optional<RecordStream> stream = Optional.empty();
    private volatile URI uri = URI.create("http://unknown");
    private volatile Thread reader = Thread.currentThread();
    // Written by the reader, read by whoever follows the leader.
    private volatile Optional<String> located = Optional.empty();

    Connection(long link) {
      this.link = link;
      this.sender = Thread.ofVirtual().name("link-calls-" + link).unstarted(this::sendAll);
    }

    void begin(LinkCall subscribe) {
      reader = Thread.ofVirtual().name("link-events-" + link).unstarted(() -> readAll(subscribe));
      reader.start();
    }

    void send(LinkCall call) {
      if (!calls.offer(Optional.of(call))) {
        fail("more than " + QUEUED_CALLS_MAX + " calls wait for the master to take them");
      }
    }

    void flush() {
      if (over.get() || stream.isEmpty() || !calls.offer(Optional.empty())) {
        return;
      }
      try {
        if (!sender.join(FLUSH_MAX)) {
          LOG.log(INFO, "the master did not take the last calls within {0}", FLUSH_MAX);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Ends the link without a word to the core. */
    void end() {
      over.set(true);
      release();
    }

    private void fail(String reason) {
      if (over.compareAndSet(false, true)) {
        LOG.log(INFO, "the link to the master at {0} is closed: {1}", uri, reason);
        // Not on the caller's thread: the event loop must not wait for room in its own mailbox.
        Thread.ofVirtual().start(() -> mailbox.accept(new AgentCommand.LinkClosed(link, reason)));
        release();
      }
    }

    /** As {@link #fail}, but the core knows on return: what follows finds it without a link. */
    void leaveFor(String leader) {
      if (over.compareAndSet(false, true)) {
        String reason = "another master leads now: " + leader;
        LOG.log(INFO, "leaving the link to the master at {0}: {1}", uri, reason);
        release();
        mailbox.accept(new AgentCommand.LinkClosed(link, reason));
      }
    }

    private void release() {
      stream.ifPresent(RecordStream::close);
      sender.interrupt();
      if (!Thread.currentThread().equals(reader)) {
        reader.interrupt();
      }
    }

    private void readAll(LinkCall subscribe) {
      try {
        RecordStream opened = open(subscribe);
        stream = Optional.of(opened);
        if (over.get()) {
          opened.close();
          return;
        }
        mailbox.accept(new AgentCommand.LinkOpened(link));
        sender.start();
        if (over.get()) {
          // Whoever ended the link meanwhile found no sender to interrupt.
          sender.interrupt();
        }
        Optional<byte[]> event = opened.next();
        while (event.isPresent()) {
          LinkEvent parsed = LinkEvent.parseFrom(event.get());
          LinkEventRules.problem(parsed)
              .ifPresent(problem ->
                  LOG.log(WARNING, "the master sent a bad {0}: {1}", parsed.getType(), problem));
          mailbox.accept(new AgentCommand.LinkEventArrived(link, parsed));
          event = opened.next();
        }
        fail("the master ended it");
      } catch (IOException e) {
        fail(message(e));
      } catch (InterruptedException e) {
        fail("interrupted");
        Thread.currentThread().interrupt();
      }
    }

    private RecordStream open(LinkCall subscribe) throws IOException, InterruptedException {
      String master =
          locator.locate().orElseThrow(() -> new IOException("no leading master is known"));
      located = Optional.of(master);
      uri = address(master);
      RecordStream opened =
          RecordStream.open(
              client,
              uri,
              PROTOBUF,
              PROTOBUF,
              subscribe.toByteArray(),
              access.headers(),
              ANSWER_MAX);
      if (opened.status() != 200) {
        String text = opened.text();
        opened.close();
        if (opened.status() == UNAUTHORIZED || opened.status() == FORBIDDEN) {
          refused(opened.uri(), opened.status(), text);
        }
        throw new IOException(
            "the master answered SUBSCRIBE with status " + opened.status() + ": " + text);
      }
      refusals = 0;
      uri = opened.uri();
      return opened;
    }

    /** Asking again at once would neither help nor be welcome (contracts/mesos-ha.md U8). */
    private void refused(URI master, int status, String text) throws InterruptedException {
      refusals++;
      LOG.log(
          refusals == 1 ? WARNING : DEBUG,
          "the master at {0} refuses this agent with status {1}: {2}; it needs the right"
              + " --credential, and the master may need an ACL; trying on",
          master,
          status,
          text.strip());
      Duration pause = REFUSED_PAUSE_MIN.multipliedBy(1L << Math.min(refusals - 1, 4));
      Thread.sleep(pause.compareTo(REFUSED_PAUSE_MAX) < 0 ? pause : REFUSED_PAUSE_MAX);
    }

    private void sendAll() {
      try {
        Optional<LinkCall> first = calls.take();
        while (first.isPresent()) {
          post(withWaiting(first.get()));
          first = calls.take();
        }
      } catch (IOException e) {
        fail(message(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** A call alone, or with those that wait already, in order, up to a limit. */
    private LinkCall withWaiting(LinkCall first) throws InterruptedException {
      List<LinkCall> together = new ArrayList<>(List.of(first));
      long bytes = first.getSerializedSize();
      // The empty element, after which nothing comes, is left for the caller.
      while (hasWaiting() && together.size() < BATCH_MAX && bytes < BATCH_BYTES_MAX) {
        LinkCall next = calls.take().orElseThrow();
        together.add(next);
        bytes += next.getSerializedSize();
      }
      if (together.size() == 1) {
        return first;
      }
      LinkCall.Builder batch =
          LinkCall.newBuilder().setType(LinkCall.Type.BATCH).addAllBatch(together);
      if (first.hasAgentId()) {
        batch.setAgentId(first.getAgentId());
      }
      return batch.build();
    }

    /** Whether a call waits, and not the end or nothing. */
    private boolean hasWaiting() {
      return Optional.ofNullable(calls.peek()).flatMap(element -> element).isPresent();
    }

    private void post(LinkCall call) throws IOException, InterruptedException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(ANSWER_MAX)
              .header("Content-Type", PROTOBUF)
              .POST(HttpRequest.BodyPublishers.ofByteArray(call.toByteArray()));
      access.headers().forEach(request::header);
      stream
          .flatMap(opened -> opened.header(STREAM_ID))
          .ifPresent(id -> request.header(STREAM_ID, id));
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 202) {
        throw new IOException(
            "the master answered "
                + call.getType()
                + " with status "
                + response.statusCode()
                + ": "
                + response.body());
      }
    }
  }

  private URI address(String master) {
    String scheme = access.tls().isPresent() ? "https://" : "http://";
    return URI.create((master.contains("://") ? master : scheme + master) + "/api/v1/agent-link");
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
