package io.mesocosm.containerizer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The machine's processes, as {@code /proc} shows them. Thread-safe. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  /**
   * One process.
   *
   * @param state as a letter, e.g. {@code S}
   * @param startTicks when it started, in clock ticks since the machine did
   */
  record Entry(int pid, char state, int group, int session, long startTicks) {
    /** Ended, but not yet reaped by its parent. */
    boolean isZombie() {
      return state == 'Z' || state == 'X';
    }
  }

  /** The process of this number, a zombie too. */
  Optional<Entry> find(int pid) {
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

  /** The living processes that lead a session. */
  List<Entry> leaders() {
    return all().stream()
        .filter(entry -> entry.session() == entry.pid() && !entry.isZombie())
        .toList();
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

  private List<Entry> all() {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        find(Integer.parseInt(folder.getFileName().toString())).ifPresent(entries::add);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("processes need Linux with /proc mounted", failure);
    }
    return entries;
  }

  /** The name in brackets may hold anything, brackets and spaces too; fields count after it. */
  static Entry parse(String stat) {
    int pid = Integer.parseInt(stat.substring(0, stat.indexOf(' ')));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new Entry(
        pid,
        fields[0].charAt(0),
        Integer.parseInt(fields[2]),
        Integer.parseInt(fields[3]),
        Long.parseLong(fields[19]));
  }
}
