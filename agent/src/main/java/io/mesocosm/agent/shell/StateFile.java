package io.mesocosm.agent.shell;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.StoredState;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * What an agent has written down of its resources and operations, in one file below the work
 * directory: a line with a checksum, then a message. It is replaced as a whole, so that after any
 * crash either the old state or the new one is there.
 */
final class StateFile {
  private static final String MAGIC = "mesocosm-agent-state-1";

  private final Path file;

  StateFile(Path workDir) {
    this.file = workDir.resolve("meta").resolve("resources").resolve("resources.state");
  }

  /**
   * @return {@link StoredState#NONE} if nothing was ever written
   * @throws IllegalStateException with the remedy, if what is there cannot be trusted
   */
  StoredState read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return StoredState.NONE;
    }
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String head = new String(bytes, 0, end, StandardCharsets.US_ASCII);
    int from = Math.min(bytes.length, end + 1);
    if (!head.equals(head(bytes, from))) {
      throw new IllegalStateException(
          file
              + " is damaged: its first line is '"
              + head
              + "', and its content calls for '"
              + head(bytes, from)
              + "'; put back a sound copy, or start with --no-strict to go on without reservations"
              + " and volumes made at run time, which sets the file aside");
    }
    return state(LinkCall.Subscribe.parseFrom(ByteBuffer.wrap(bytes, from, bytes.length - from)));
  }

  /** Keeps what cannot be trusted under another name, and returns that. */
  Path setAside(InstantSource clock) throws IOException {
    Path aside = file.resolveSibling("resources.state.damaged-" + clock.millis());
    Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
    return aside;
  }

  /** Replaces what is there; it is safe on return. */
  void write(StoredState state) throws IOException {
    byte[] content = message(state).toByteArray();
    Path folder = java.util.Objects.requireNonNull(file.getParent());
    Files.createDirectories(folder);
    Path fresh = folder.resolve("resources.state.new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, (head(content, 0) + "\n").getBytes(StandardCharsets.US_ASCII));
      writeAll(channel, content);
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static String head(byte[] bytes, int from) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, bytes.length - from);
    return String.format(
        Locale.ROOT, "%s %08x %d", MAGIC, checksum.getValue(), bytes.length - from);
  }

  /** Operations of which nothing is to be told any more are there by their uuid alone. */
  private static LinkCall.Subscribe message(StoredState state) {
    LinkCall.Subscribe.Builder message =
        LinkCall.Subscribe.newBuilder()
            .addAllTotalResources(state.total())
            .addAllOperations(state.operations());
    state
        .applied()
        .forEach(uuid ->
            message.addOperations(LinkCall.UpdateOperation.newBuilder().setOperationUuid(uuid)));
    return message.build();
  }

  private static StoredState state(LinkCall.Subscribe message) {
    List<LinkCall.UpdateOperation> operations = new ArrayList<>();
    List<ByteString> applied = new ArrayList<>();
    for (LinkCall.UpdateOperation operation : message.getOperationsList()) {
      if (operation.hasStatus()) {
        operations.add(operation);
      } else {
        applied.add(operation.getOperationUuid());
      }
    }
    return new StoredState(message.getTotalResourcesList(), operations, applied);
  }
}
