package io.mesocosm.agent.shell;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps a second agent off a work directory: it would take the first one's containers for its own.
 * The system lets go of it when the process ends, however it ends.
 */
final class WorkDirLock implements AutoCloseable {
  private final FileChannel channel;

  private WorkDirLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param workDir exists
   * @throws IllegalStateException in one line, if another agent uses it
   */
  static WorkDirLock take(Path workDir) throws IOException {
    Path file = Files.createDirectories(workDir.resolve("meta")).resolve("agent.lock");
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        String own = ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(own.getBytes(StandardCharsets.US_ASCII)));
        return new WorkDirLock(channel);
      }
    } catch (OverlappingFileLockException _) {
      // Held by this very process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IllegalStateException(
        "another agent, process "
            + Files.readString(file).strip()
            + ", uses --work_dir="
            + workDir
            + ": stop it first, or give this one a work directory of its own");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
