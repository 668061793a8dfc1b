package io.mesocosm.cli.client;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A command as somebody runs it: what it is given, what it prints and how it ends. */
final class Terminal {
  private final Object command;
  private final String services;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  Terminal(Object command, String services) {
    this.command = command;
    this.services = services;
  }

  int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler((failure, commandLine, _) -> {
      if (!(failure instanceof CommandFailure expected)) {
        throw failure;
      }
      commandLine.getErr().println("cosm: " + expected.getMessage());
      return expected.exitCode();
    });
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--services=" + services);
    return line.execute(all.toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
