package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Appends what a container or a command in it prints to files of the sandbox. Docker's client calls
 * it on one thread, which reads the stream. A full disk loses output; the container goes on.
 */
final class OutputFiles extends ResultCallback.Adapter<Frame> {
  private static final System.Logger LOG = System.getLogger(OutputFiles.class.getName());

  private final String container;
  private final FileChannel stdout;
  private final FileChannel stderr;
  private final Optional<OutputPosition> position;
  private final InstantSource clock;
  private long stdoutBytesToSkip;
  private long stderrBytesToSkip;
  private boolean failed;

  private OutputFiles(
      String container,
      FileChannel stdout,
      FileChannel stderr,
      Optional<OutputPosition> position,
      InstantSource clock) {
    this.container = container;
    this.stdout = stdout;
    this.stderr = stderr;
    this.position = position;
    this.clock = clock;
  }

  /**
   * @param position where to note what was written; absent for what will not be resumed
   */
  static OutputFiles of(
      String container,
      Path stdout,
      Path stderr,
      Optional<OutputPosition> position,
      InstantSource clock)
      throws IOException {
    FileChannel first = append(stdout);
    try {
      return new OutputFiles(container, first, append(stderr), position, clock);
    } catch (IOException failure) {
      first.close();
      throw failure;
    }
  }

  /**
   * Goes on with a stream that begins where the container's output did: leaves out what is in the
   * files already. Before the stream starts.
   */
  OutputFiles skippingWhatIsWritten() throws IOException {
    if (position.isPresent()) {
      position.get().settle(stdout.size(), stderr.size());
      stdoutBytesToSkip = position.get().stdoutBytes();
      stderrBytesToSkip = position.get().stderrBytes();
    }
    return this;
  }

  /** Not through a link: one could come with an archive, to have a file elsewhere written. */
  private static FileChannel append(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void onNext(Frame frame) {
    boolean toStderr = frame.getStreamType() == StreamType.STDERR;
    byte[] payload = frame.getPayload();
    int skipped = (int) Math.min(payload.length, toStderr ? stderrBytesToSkip : stdoutBytesToSkip);
    if (toStderr) {
      stderrBytesToSkip -= skipped;
    } else {
      stdoutBytesToSkip -= skipped;
    }
    if (skipped < payload.length) {
      append(toStderr, payload, skipped);
    }
  }

  private void append(boolean toStderr, byte[] payload, int from) {
    FileChannel file = toStderr ? stderr : stdout;
    try {
      ByteBuffer left = ByteBuffer.wrap(payload, from, payload.length - from);
      if (position.isPresent()) {
        position.get().announce(toStderr, left.remaining(), file.size(), clock.instant());
      }
      while (left.hasRemaining()) {
        file.write(left);
      }
    } catch (IOException failure) {
      if (!failed) {
        failed = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "Output of " + container + " is lost from here on: cannot write to its sandbox",
            failure);
      }
    }
    // lost or not, it is not to be written again
    position.ifPresent(OutputPosition::confirm);
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
