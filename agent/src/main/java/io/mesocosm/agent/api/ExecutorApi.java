package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.ExecutorAnswer;
import io.mesocosm.agent.ExecutorClaim;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.Accept;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/**
 * {@code POST /api/v1/executor} (contracts/mesos-executor-api.md §1 to §3): checks what can be
 * checked without the state of the agent, and carries the rest to the core and back. Thread-safe.
 */
public final class ExecutorApi {
  private static final long ANSWER_MAX_SECONDS = 30;

  private final Consumer<AgentCommand> mailbox;
  private final AtomicLong requests = new AtomicLong();
  // HTTP threads add and wait, the event loop answers.
  private final Map<Long, CompletableFuture<ExecutorAnswer>> waiting = new ConcurrentHashMap<>();
  // HTTP threads add, the event loop sends and closes, the server's threads report the end.
  private final Map<Long, ExecutorStream> streams = new ConcurrentHashMap<>();

  /**
   * @param mailbox of the core; may block for a moment
   */
  public ExecutorApi(Consumer<AgentCommand> mailbox) {
    this.mailbox = mailbox;
  }

  /** Carries out {@link io.mesocosm.agent.AgentEffect.AnswerExecutor}. */
  public void answer(long request, ExecutorAnswer answer) {
    CompletableFuture<ExecutorAnswer> future = waiting.remove(request);
    if (future != null) {
      future.complete(answer);
    }
  }

  /** Carries out {@link io.mesocosm.agent.AgentEffect.SendToExecutor}; never blocks. */
  public void send(long stream, Event event) {
    ExecutorStream open = streams.get(stream);
    if (open != null) {
      open.send(event);
    }
  }

  /** Carries out {@link io.mesocosm.agent.AgentEffect.CloseExecutorStream}; never blocks. */
  public void close(long stream) {
    ExecutorStream open = streams.remove(stream);
    if (open != null) {
      open.close();
    }
  }

  Response handle(Request request) throws InterruptedException {
    Call call = read(request);
    ExecutorCallValidation.problem(call)
        .ifPresent(problem -> {
          throw HttpException.text(400, "Failed to validate executor::Call: " + problem);
        });
    if (call.getType() == Call.Type.HEARTBEAT) {
      return Response.empty(202);
    }
    Optional<ExecutorClaim> claimed = claimed(request);
    if (call.getType() == Call.Type.SUBSCRIBE) {
      return subscribe(request, call, claimed);
    }
    return switch (ask(requests.incrementAndGet(), call, claimed)) {
      case ExecutorAnswer.Accepted(), ExecutorAnswer.Subscribed() -> Response.empty(202);
      case ExecutorAnswer.Refused(int status, String text) -> Response.text(status, text);
    };
  }

  private Response subscribe(Request request, Call call, Optional<ExecutorClaim> claimed)
      throws InterruptedException {
    MediaType type =
        Accept.choose(request.headers().getOrDefault("Accept", List.of()))
            .orElseThrow(() ->
                HttpException.text(
                    406, "Expecting 'Accept' to allow application/json or application/x-protobuf"));
    long number = requests.incrementAndGet();
    ExecutorStream stream = new ExecutorStream(type);
    streams.put(number, stream);
    return switch (ask(number, call, claimed)) {
      case ExecutorAnswer.Accepted(), ExecutorAnswer.Subscribed() ->
          new Response.Stream(
              200,
              Map.of("Content-Type", type.contentType()),
              sink -> opened(number, stream, sink));
      case ExecutorAnswer.Refused(int status, String text) -> {
        streams.remove(number);
        yield Response.text(status, text);
      }
    };
  }

  private void opened(long number, ExecutorStream stream, StreamSink sink) {
    stream.attach(sink);
    sink.onClosed(() -> {
      if (streams.remove(number) != null) {
        // Perhaps on the event loop's own thread, which must not wait for its mailbox.
        Thread.ofVirtual()
            .name("executor-stream-closed-" + number)
            .start(() -> mailbox.accept(new AgentCommand.ExecutorStreamClosed(number)));
      }
    });
  }

  private ExecutorAnswer ask(long number, Call call, Optional<ExecutorClaim> claimed)
      throws InterruptedException {
    CompletableFuture<ExecutorAnswer> future = new CompletableFuture<>();
    waiting.put(number, future);
    try {
      mailbox.accept(new AgentCommand.ExecutorCall(number, call, claimed));
      return future.get(ANSWER_MAX_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw HttpException.text(
          503, "The agent did not answer within " + ANSWER_MAX_SECONDS + " s: try again");
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is only ever completed with a value", e);
    } finally {
      waiting.remove(number);
    }
  }

  /** What a token says; the core knows whether it is right (E7). */
  private static Optional<ExecutorClaim> claimed(Request request) {
    return request
        .principal()
        .map(Principal::claims)
        .filter(claims -> !claims.isEmpty())
        .map(claims ->
            new ExecutorClaim(
                claims.getOrDefault("fid", ""),
                claims.getOrDefault("eid", ""),
                claims.getOrDefault("cid", "")));
  }

  private static Call read(Request request) {
    Optional<String> contentType = request.header("Content-Type");
    if (contentType.isEmpty()) {
      throw HttpException.text(400, "Expecting 'Content-Type' to be present");
    }
    MediaType type =
        MediaType.of(contentType.get())
            .orElseThrow(() ->
                HttpException.text(
                    415, "Expecting 'Content-Type' of application/json or application/x-protobuf"));
    try {
      return type.decode(request.body(), Call.newBuilder()).build();
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }
}
