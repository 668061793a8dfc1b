package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ErrorDetail;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has an image on the machine, or says why not. */
final class ImagePull {
  private final DockerEngine engine;

  ImagePull(DockerEngine engine) {
    this.engine = engine;
  }

  /**
   * Pulls the image unless it is here; pulls it anyway when forced to.
   *
   * @param stopRequested ends the pull early when it completes
   */
  void ensure(
      ContainerSpec spec, String image, boolean force, CompletableFuture<Void> stopRequested)
      throws ContainerException, InterruptedException {
    if (!force && isPresent(image)) {
      return;
    }
    PullImageCmd pull = engine.lasting().pullImageCmd(image);
    engine.credentials(image, spec.sandbox()).ifPresent(pull::withAuthConfig);
    try (Progress progress = pull.exec(new Progress())) {
      CompletableFuture.anyOf(progress.outcome, stopRequested)
          .get(spec.launchTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new ContainerException(
          "image %s cannot be pulled: not complete within the launch time-out of %d s"
              .formatted(image, spec.launchTimeout().toSeconds()),
          late);
    } catch (ExecutionException failure) {
      throw engine.explained("image " + image + " cannot be pulled", failure);
    } catch (IOException failure) {
      throw engine.explained("image " + image + " cannot be pulled", failure);
    }
  }

  private boolean isPresent(String image) throws ContainerException, InterruptedException {
    return engine.call(
        "image " + image + " cannot be looked up",
        () -> {
          try {
            engine.quick().inspectImageCmd(image).exec();
            return true;
          } catch (NotFoundException absent) {
            return false;
          }
        });
  }

  /** Docker reports a failure in the middle of the stream as an item, not as an end. */
  private static final class Progress extends ResultCallback.Adapter<PullResponseItem> {
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();

    @Override
    public void onNext(PullResponseItem item) {
      ErrorDetail error = item.getErrorDetail();
      if (error != null && error.getMessage() != null) {
        outcome.completeExceptionally(new DockerException(error.getMessage(), 200));
      }
    }

    @Override
    public void onError(Throwable failure) {
      outcome.completeExceptionally(failure);
      super.onError(failure);
    }

    @Override
    public void onComplete() {
      outcome.complete(null);
      super.onComplete();
    }
  }
}
