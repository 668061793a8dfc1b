package io.mesocosm.cli;

import io.mesocosm.cli.client.AppCommand;
import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.cli.client.EventsCommand;
import io.mesocosm.cli.client.NodeCommand;
import io.mesocosm.cli.client.PodCommand;
import io.mesocosm.cli.client.RunCommand;
import io.mesocosm.cli.client.TaskCommand;
import io.mesocosm.cli.local.LocalCommand;
import io.mesocosm.cli.registry.RegistryCommand;
import io.mesocosm.cli.roles.RoleMain;
import io.mesocosm.runtime.Flags.InvalidFlagsException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Where {@code cosm} begins. Exit codes: 0 done, 1 failed, 2 asked for in a wrong way. */
@Command(
    name = "cosm",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A cluster of Linux machines, run as one computer.",
    subcommands = {
      LocalCommand.class,
      AppCommand.class,
      PodCommand.class,
      EventsCommand.class,
      TaskCommand.class,
      NodeCommand.class,
      RunCommand.class,
      RegistryCommand.class
    },
    footer = {
      "",
      "Roles, each a process of its own: cosm master | agent | services   (--help lists the flags)",
      "",
      "Try: cosm local examples/hello.json"
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int status = run(args);
    // Roles and the local cluster return from run only when they are to end; daemon threads must
    // not keep us.
    System.exit(status);
  }

  static int run(String[] args) {
    if (args.length > 0 && RoleMain.isRole(args[0])) {
      return RoleMain.run(args[0], List.of(args).subList(1, args.length));
    }
    Logging.quiet();
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(
        (failure, commandLine, _) -> report(failure, commandLine.getErr()));
    return line.execute(args);
  }

  private static int report(Exception failure, PrintWriter err) {
    return switch (failure) {
      case CommandFailure expected -> {
        err.println("cosm: " + expected.getMessage());
        yield expected.exitCode();
      }
      case InvalidFlagsException invalid -> {
        invalid.problems().forEach(problem -> err.println("cosm: " + problem));
        yield 2;
      }
      default -> {
        failure.printStackTrace(err);
        yield 1;
      }
    };
  }
}
