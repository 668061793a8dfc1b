package io.mesocosm.master.api;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.HttpException;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterSnapshot;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** How threads of the edge speak to the master's core. Thread-safe. */
public final class MasterProxy {
  private static final System.Logger LOG = System.getLogger(MasterProxy.class.getName());
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final CallAnswer STOPPING = new CallAnswer.Refused(503, "the master is stopping");

  private final Consumer<MasterCommand> post;
  private final Consumer<CompletableFuture<MasterSnapshot>> read;
  // HTTP threads number and await, the master's loop answers.
  private final AtomicLong requests = new AtomicLong();
  private final Map<Long, CompletableFuture<CallAnswer>> waiting = new ConcurrentHashMap<>();
  // Written by whoever stops the core, read by HTTP threads.
  private volatile boolean stopped;

  /**
   * @param post hands a command to the core, waiting for room
   * @param read has a snapshot made of all that was handed over before, for the future given
   */
  public MasterProxy(
      Consumer<MasterCommand> post, Consumer<CompletableFuture<MasterSnapshot>> read) {
    this.post = post;
    this.read = read;
  }

  /**
   * The state as it is now: whatever this caller was answered or told before is in it.
   *
   * @throws HttpException with status 503 if the core is too busy
   */
  MasterSnapshot snapshot() throws InterruptedException {
    CompletableFuture<MasterSnapshot> snapshot = new CompletableFuture<>();
    read.accept(snapshot);
    return await(snapshot);
  }

  /** Hands over a command that is not answered. Waits for room: not for the core's own thread. */
  void post(MasterCommand command) {
    post.accept(command);
  }

  /** As {@link #post}, from a thread that must not wait and may be the core's own. */
  void postLater(MasterCommand command) {
    Thread.ofVirtual().name("master-late-command").start(() -> post.accept(command));
  }

  /**
   * Hands over a command and waits for its answer.
   *
   * @param command makes it, given the number of the request
   * @throws HttpException with status 503 if no answer came in time
   */
  CallAnswer ask(LongFunction<MasterCommand> command) throws InterruptedException {
    long request = requests.incrementAndGet();
    CompletableFuture<CallAnswer> answer = new CompletableFuture<>();
    waiting.put(request, answer);
    if (stopped) {
      answer.complete(STOPPING);
    }
    try {
      post.accept(command.apply(request));
      return await(answer);
    } finally {
      waiting.remove(request);
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.log(WARNING, "the master's core left a request unanswered for " + ANSWER_TIMEOUT, e);
      throw HttpException.text(503, "the master is overloaded: try again later");
    } catch (ExecutionException e) {
      throw new IllegalStateException("answers are never exceptional", e);
    }
  }

  /** The core has answered. */
  public void answered(long request, CallAnswer answer) {
    CompletableFuture<CallAnswer> waiter = waiting.get(request);
    if (waiter != null) {
      waiter.complete(answer);
    }
  }

  /** The core takes no more commands: whoever waits is told so. */
  public void stopped() {
    stopped = true;
    waiting.values().forEach(waiter -> waiter.complete(STOPPING));
  }
}
