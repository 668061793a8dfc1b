package io.mesocosm.cli.registry;

import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.master.shell.RegistryContent;
import io.mesocosm.master.shell.RegistryContent.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm registry}: backups of what the masters know beyond their own lives. */
@Command(
    name = "registry",
    mixinStandardHelpOptions = true,
    description = "Backups of the masters' registry: quotas, weights, maintenance, agents.")
public final class RegistryCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "Write all records of the registry to one JSON file.",
        "May be done while a master leads: each record is then as it was when it was read."
      })
  int write(
      @Mixin RegistryPlace place,
      @Parameters(paramLabel = "FILE", description = "where to; - for the terminal") String file) {
    List<Entry> entries = place.read(RegistryContent::read);
    String document = RegistryDocument.print(entries, Instant.now());
    if (file.equals("-")) {
      spec.commandLine().getOut().print(document);
      spec.commandLine().getOut().flush();
      return 0;
    }
    save(Path.of(file), document);
    spec.commandLine().getOut().println(entries.size() + " records exported to " + file);
    return 0;
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Make the records of a file those of the registry. All masters must have been stopped."
      })
  int read(
      @Mixin RegistryPlace place,
      @Option(
              names = "--replace",
              description = "also if the registry has records, which are lost: export them first")
          boolean replace,
      @Option(
              names = "--edited",
              description = "also if somebody changed the file on purpose after the export")
          boolean edited,
      @Parameters(paramLabel = "FILE", description = "what cosm registry export wrote") Path file)
      throws InterruptedException {
    List<Entry> entries = RegistryDocument.parse(load(file), edited);
    place.write(store -> replaceAll(store, entries, replace));
    spec.commandLine().getOut().println(entries.size() + " records imported from " + file);
    return 0;
  }

  private static void replaceAll(VersionedStore store, List<Entry> entries, boolean replace) {
    int present = replace ? 0 : RegistryContent.read(store).size();
    if (present > 0) {
      throw CommandFailure.failed(
          "the registry is not empty: it has "
              + present
              + " records, which would be lost: export them, then give --replace");
    }
    try {
      RegistryContent.replace(store, entries);
    } catch (VersionedStore.StoreUnavailableException | VersionedStore.FencedException e) {
      throw CommandFailure.failed(
          "the import stopped half-way, so start no master yet, and import again with --replace: "
              + e.getMessage());
    }
  }

  private static String load(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandFailure.failed(file + " cannot be read: " + e);
    }
  }

  /** Whole or not at all: half a backup looks like one. */
  private static void save(Path file, String document) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path whole = Files.createTempFile(folder, "registry-", ".tmp");
      Files.writeString(whole, document);
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw CommandFailure.failed(file + " cannot be written: " + e);
    }
  }
}
