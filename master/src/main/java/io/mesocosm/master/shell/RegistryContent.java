package io.mesocosm.master.shell;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** All records of a registry, as they lie in a store: what a new leader reads, and backups hold. */
public final class RegistryContent {
  /** Of the registry in the store. */
  static final String ROOT = "/registry";

  /** Of the records, below the root. */
  private static final List<String> FOLDERS =
      List.of("", "/agents", "/admitted", "/unreachable", "/frameworks");

  private static final Pattern NAME =
      Pattern.compile(
          "(?:(?:"
              + FOLDERS.stream()
                  .filter(folder -> !folder.isEmpty())
                  .map(folder -> folder.substring(1))
                  .collect(Collectors.joining("|"))
              + ")/)?[^/]+");

  private RegistryContent() {}

  /**
   * One record.
   *
   * @param name e.g. {@code quotas} or {@code agents/<agent id>}
   * @param version of the store, which counts writes
   * @param bytes how large it is in the store
   */
  public record Entry(String name, long version, int bytes, RegistryRecord record) {
    public Entry {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'" + name + "' is no name of a record of the registry, like quotas or agents/ID");
      }
    }
  }

  /**
   * Reads all of it, in the order of names within each folder.
   *
   * @throws IllegalStateException naming the record that cannot be read
   * @throws VersionedStore.CorruptRecordException likewise
   */
  public static List<Entry> read(VersionedStore store) {
    List<Entry> entries = new ArrayList<>();
    for (String folder : FOLDERS) {
      store
          .children(ROOT + folder)
          .forEach((path, stored) -> {
            if (stored.bytes().length > 0) { // what only has records below it is none itself
              entries.add(
                  new Entry(
                      path.substring(ROOT.length() + 1),
                      stored.version(),
                      stored.bytes().length,
                      parsed(path, stored.bytes())));
            }
          });
    }
    return entries;
  }

  /**
   * Makes these the records of the registry: first all are written, then those that are not among
   * them removed. May be repeated after a failure half-way.
   */
  public static void replace(VersionedStore store, List<Entry> entries) {
    Set<String> obsolete = new TreeSet<>();
    read(store).forEach(entry -> obsolete.add(entry.name()));
    for (Entry entry : entries) {
      store.put(ROOT + "/" + entry.name(), entry.record().toByteArray());
      obsolete.remove(entry.name());
    }
    obsolete.forEach(name -> store.delete(ROOT + "/" + name));
  }

  private static RegistryRecord parsed(String path, byte[] bytes) {
    try {
      return RegistryRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "the registry's record " + path + " is no record of a registry: restore it", e);
    }
  }
}
