package io.mesocosm.cli.client;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cosm task}: what runs, of every framework. */
@Command(
    name = "task",
    mixinStandardHelpOptions = true,
    description = "Tasks of every framework, and what they print.")
public final class TaskCommand {
  @Spec private CommandSpec spec;

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List tasks.")
  int list(
      @Option(names = "--all", description = "those that have ended, too") boolean all,
      @Mixin ClusterOptions cluster) {
    ClusterState state = ClusterState.read(cluster.master());
    Table table = new Table("TASK", "FRAMEWORK", "NODE", "STATE");
    for (ClusterState.Task task : state.tasks()) {
      if (all || !task.isCompleted()) {
        table.row(task.id(), task.frameworkName(), task.hostname(), task.state());
      }
    }
    table.print(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "log",
      mixinStandardHelpOptions = true,
      description = "Print what a task wrote to standard output.")
  int log(
      @Parameters(paramLabel = "TASK", description = "a task's id, or the beginning of one")
          String id,
      @Option(names = "--stderr", description = "standard error instead") boolean stderr,
      @Option(
              names = {"-f", "--follow"},
              description = "go on until the task ends")
          boolean follow,
      @Mixin ClusterOptions cluster) {
    Api master = cluster.master();
    ClusterState.Task task = find(ClusterState.read(master), id);
    SandboxFile file = task.sandboxFile(stderr ? "stderr" : "stdout");
    file.copyTo(spec.commandLine().getOut());
    while (follow && ClusterState.read(master).isRunning(task)) {
      if (file.copyTo(spec.commandLine().getOut()) == 0) {
        SandboxFile.pause();
      }
    }
    file.copyTo(spec.commandLine().getOut());
    return 0;
  }

  private static ClusterState.Task find(ClusterState state, String id) {
    List<ClusterState.Task> matches = new ArrayList<>();
    for (ClusterState.Task task : state.tasks()) {
      if (task.id().equals(id)) {
        return task;
      }
      if (task.id().startsWith(id)) {
        matches.add(task);
      }
    }
    if (matches.isEmpty()) {
      throw CommandFailure.failed(
          "no task " + id + " is known to the master: cosm task list --all shows those that are");
    }
    if (matches.size() > 1) {
      throw CommandFailure.misused(
          id + " is the beginning of " + matches.size() + " task ids: give more of it");
    }
    return matches.getFirst();
  }
}
