package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends what a container or a command in it prints to files of the sandbox. Docker's client calls
 * it on one thread, which reads the stream. A full disk loses output; the container goes on.
 */
final class OutputFiles extends ResultCallback.Adapter<Frame> {
  private static final System.Logger LOG = System.getLogger(OutputFiles.class.getName());

  private final String container;
  private final OutputStream stdout;
  private final OutputStream stderr;
  private boolean failed;

  private OutputFiles(String container, OutputStream stdout, OutputStream stderr) {
    this.container = container;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  static OutputFiles of(String container, Path stdout, Path stderr) throws IOException {
    OutputStream first = append(stdout);
    try {
      return new OutputFiles(container, first, append(stderr));
    } catch (IOException failure) {
      first.close();
      throw failure;
    }
  }

  /** Not through a link: one could come with an archive, to have a file elsewhere written. */
  private static OutputStream append(Path file) throws IOException {
    return Files.newOutputStream(
        file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void onNext(Frame frame) {
    try {
      (frame.getStreamType() == StreamType.STDERR ? stderr : stdout).write(frame.getPayload());
    } catch (IOException failure) {
      if (!failed) {
        failed = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "Output of " + container + " is lost from here on: cannot write to its sandbox",
            failure);
      }
    }
  }

  @Override
  public void onError(Throwable failure) {
    LOG.log(System.Logger.Level.DEBUG, () -> "Output of " + container + " broke off", failure);
    closeFiles();
    super.onError(failure);
  }

  @Override
  public void onComplete() {
    closeFiles();
    super.onComplete();
  }

  private void closeFiles() {
    try (stdout;
        stderr) {
      LOG.log(System.Logger.Level.TRACE, () -> "Output of " + container + " is complete");
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.WARNING, "Cannot close output of " + container, failure);
    }
  }
}
