package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.WaitResponse;
import java.io.EOFException;
import java.util.concurrent.CompletableFuture;

/** The daemon's word that a container has ended. Docker's client calls it on one thread. */
final class ContainerEnd extends ResultCallback.Adapter<WaitResponse> {
  /** As docker reports a process that SIGKILL ended: what else removes a running container. */
  private static final int KILLED = 137;

  final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  @Override
  public void onNext(WaitResponse response) {
    Integer code = response.getStatusCode();
    if (code != null) {
      exitCode.complete(code);
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (failure instanceof NotFoundException) {
      // somebody removed it before we came to ask
      exitCode.complete(KILLED);
    } else {
      exitCode.completeExceptionally(failure);
    }
    super.onError(failure);
  }

  @Override
  public void onComplete() {
    exitCode.completeExceptionally(new EOFException("the connection was closed"));
    super.onComplete();
  }
}
