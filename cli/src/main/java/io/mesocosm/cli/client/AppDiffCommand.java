package io.mesocosm.cli.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm app diff}: what a PUT of files would change. Exit codes as those of diff(1). */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "What would change if FILE were deployed: field by field, and the steps of the deployment."
            + " Nothing is changed.",
    footer = {"", "Exit code: 0 nothing would change, 1 something would, 2 it cannot be told"})
@SuppressWarnings("FieldCanBeFinal") // picocli sets them
final class AppDiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "an application, an array of applications, a group or a pod (JSON)")
  private List<Path> files = List.of();

  @Override
  public Integer call() {
    try {
      List<Document> documents = new ArrayList<>();
      for (Path file : files) {
        documents.add(Document.read(file));
      }
      DefinitionDiff diff = new DefinitionDiff(cluster.services(), spec.commandLine().getOut());
      boolean changes = false;
      for (Document document : documents) {
        changes |= diff.print(document);
      }
      return changes ? 1 : 0;
    } catch (CommandFailure e) {
      // 1 says that there is a difference.
      throw e.asMisuse();
    }
  }
}
