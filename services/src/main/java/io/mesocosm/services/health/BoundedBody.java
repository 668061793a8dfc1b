package io.mesocosm.services.health;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Takes the first bytes of a body and no more of it, however much there is. Called by one thread at
 * a time, as its client promises.
 */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteBuffer taken;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int bytesMax) {
    taken = ByteBuffer.allocate(bytesMax);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription opened) {
    subscription = opened;
    if (taken.hasRemaining()) {
      opened.request(1);
    } else {
      enough();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      int count = Math.min(part.remaining(), taken.remaining());
      taken.put(part.slice(part.position(), count));
    }
    if (!taken.hasRemaining()) {
      enough();
    } else if (subscription != null) {
      subscription.request(1);
    }
  }

  private void enough() {
    if (subscription != null) {
      subscription.cancel();
    }
    onComplete();
  }

  @Override
  public void onError(Throwable cause) {
    body.completeExceptionally(cause);
  }

  @Override
  public void onComplete() {
    byte[] bytes = new byte[taken.position()];
    taken.get(0, bytes);
    body.complete(bytes);
  }
}
