package io.mesocosm.containerizer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The machine's processes, as {@code /proc} shows them. Thread-safe. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  /** One reading of all of {@code /proc}, for all who asked before it began. */
  private static final class Look {
    // written and read under the scanning lock
    private Optional<List<Entry>> entries = Optional.empty();
  }

  private final ReentrantLock scanning = new ReentrantLock();
  // not begun yet; guarded by this
  private Optional<Look> next = Optional.empty();

  /**
   * One process.
   *
   * @param state as a letter, e.g. {@code S}
   * @param startTicks when it started, in clock ticks since the machine did
   */
  record Entry(int pid, char state, int parent, int group, int session, long startTicks) {
    /** Ended, but not yet reaped by its parent. */
    boolean isZombie() {
      return state == 'Z' || state == 'X';
    }
  }

  /** The process of this number, a zombie too. */
  Optional<Entry> find(int pid) {
    return read(pid);
  }

  private static Optional<Entry> read(int pid) {
    try {
      return Optional.of(
          parse(Files.readString(PROC.resolve(Integer.toString(pid)).resolve("stat"))));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** The living processes of a session. */
  List<Entry> living(int session) {
    return all().stream().filter(entry -> entry.session() == session && !entry.isZombie()).toList();
  }

  /** True if the process writes its output into this folder. */
  boolean writesInto(Entry entry, Path folder) {
    return linksInto(entry, "fd/1", folder) || linksInto(entry, "fd/2", folder);
  }

  /** True if the process has its working directory in this folder. */
  boolean worksIn(Entry entry, Path folder) {
    return linksInto(entry, "cwd", folder);
  }

  /** Tells one run of the machine from the next: numbers and ticks start anew with each. */
  String bootId() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException("processes need Linux with /proc mounted", failure);
    }
  }

  private static boolean linksInto(Entry entry, String link, Path folder) {
    try {
      return Files.readSymbolicLink(PROC.resolve(Integer.toString(entry.pid())).resolve(link))
          .startsWith(folder);
    } catch (IOException goneOrForbidden) {
      return false;
    }
  }

  /**
   * Every process, zombies too, as of some instant after the call. Those who ask while a look is
   * under way share the next one: a look takes as long as the machine has processes.
   */
  List<Entry> all() {
    Look look = nextLook();
    scanning.lock();
    try {
      if (look.entries.isEmpty()) {
        close(look);
        look.entries = Optional.of(scan());
      }
      return look.entries.get();
    } finally {
      scanning.unlock();
    }
  }

  private synchronized Look nextLook() {
    Look look = next.orElseGet(Look::new);
    next = Optional.of(look);
    return look;
  }

  /** Who asks from now on may have started a process that this look does not see. */
  private synchronized void close(Look look) {
    next = next.filter(it -> it != look);
  }

  private static List<Entry> scan() {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        read(Integer.parseInt(folder.getFileName().toString())).ifPresent(entries::add);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("processes need Linux with /proc mounted", failure);
    }
    return List.copyOf(entries);
  }

  /** The name in brackets may hold anything, brackets and spaces too; fields count after it. */
  static Entry parse(String stat) {
    int pid = Integer.parseInt(stat.substring(0, stat.indexOf(' ')));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new Entry(
        pid,
        fields[0].charAt(0),
        Integer.parseInt(fields[1]),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]),
        Long.parseLong(fields[19]));
  }
}
