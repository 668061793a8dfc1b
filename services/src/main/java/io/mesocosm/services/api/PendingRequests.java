package io.mesocosm.services.api;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.Wish;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.app.AppId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Turns requests into numbered commands, and waits for the answers of the same numbers. */
public final class PendingRequests implements ServicesProxy, AutoCloseable {
  private final Consumer<ServicesCommand> mailbox;
  private final Supplier<ServicesSnapshot> snapshots;
  private final Duration patience;
  // HTTP threads number and add requests, the event loop completes them.
  private final AtomicLong lastRequest = new AtomicLong();
  private final Map<Long, CompletableFuture<ApiAnswer>> answersByRequest =
      new ConcurrentHashMap<>();
  // Written by whoever closes, read by HTTP threads.
  private volatile boolean closed;

  /**
   * @param mailbox takes commands for the core; may block
   * @param patience how long to wait for an answer before what is under way is taken back, and
   *     again for that
   */
  public PendingRequests(
      Consumer<ServicesCommand> mailbox, Supplier<ServicesSnapshot> snapshots, Duration patience) {
    this.mailbox = mailbox;
    this.snapshots = snapshots;
    this.patience = patience;
  }

  /** The core has answered; an answer that nobody waits for any more is dropped. */
  public void answered(long request, ApiAnswer answer) {
    CompletableFuture<ApiAnswer> waiting = answersByRequest.remove(request);
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  @Override
  public ServicesSnapshot snapshot() {
    return snapshots.get();
  }

  private ApiAnswer ask(LongFunction<ServicesCommand> command) {
    if (closed) {
      return new ApiAnswer.NotReady();
    }
    long request = lastRequest.incrementAndGet();
    CompletableFuture<ApiAnswer> answer = new CompletableFuture<>();
    answersByRequest.put(request, answer);
    mailbox.accept(command.apply(request));
    try {
      Optional<ApiAnswer> given = await(answer);
      if (given.isEmpty()) {
        // An answer that it was not done must be true: what is under way is taken back.
        mailbox.accept(new ServicesCommand.Abandon(request));
        given = await(answer);
      }
      return given.orElseGet(ApiAnswer.Unknown::new);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ApiAnswer.Unknown();
    } finally {
      answersByRequest.remove(request);
    }
  }

  private Optional<ApiAnswer> await(CompletableFuture<ApiAnswer> answer)
      throws InterruptedException {
    try {
      return Optional.of(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("answers are never exceptions", e);
    }
  }

  @Override
  public ApiAnswer change(
      List<Wish> wishes, OptionalLong expectedGeneration, WriteOptions options) {
    return ask(request -> new ServicesCommand.Change(request, wishes, expectedGeneration, options));
  }

  @Override
  public ApiAnswer killInstances(
      List<String> ids,
      Optional<AppId> app,
      Optional<String> host,
      boolean scale,
      boolean wipe,
      WriteOptions options) {
    return ask(request ->
        new ServicesCommand.KillInstances(request, ids, app, host, scale, wipe, options));
  }

  @Override
  public ApiAnswer cancelDeployment(DeploymentId deployment, WriteOptions options) {
    return ask(request -> new ServicesCommand.CancelDeployment(request, deployment, options));
  }

  @Override
  public ApiAnswer resetDelay(AppId app) {
    return ask(request -> new ServicesCommand.ResetDelay(request, app));
  }

  @Override
  public ApiAnswer confirmRouting(String router, List<String> shown, List<String> removed) {
    return ask(request -> new ServicesCommand.ConfirmRouting(request, router, shown, removed));
  }

  /** Lets nobody wait for a core that is no more. */
  @Override
  public void close() {
    closed = true;
    answersByRequest.keySet().forEach(request -> answered(request, new ApiAnswer.Unknown()));
  }
}
