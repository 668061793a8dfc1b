package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command.Exec;
import io.mesocosm.containerizer.ContainerSpec.Command.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a container's processes are started: its environment and user, and what its command resolves
 * to (contracts/mesos-executor-api.md C8). Refuses what a plain process cannot honour.
 */
final class LaunchPlan {
  static final String PATH_WHEN_ABSENT =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final ContainerSpec spec;
  private final Optional<Account> account;
  private final SortedMap<String, String> environment;

  private LaunchPlan(ContainerSpec spec, Optional<Account> account) {
    this.spec = spec;
    this.account = account;
    this.environment = new TreeMap<>(spec.environment());
    this.environment.putIfAbsent("PATH", PATH_WHEN_ABSENT);
  }

  static LaunchPlan of(ContainerSpec spec) throws ContainerException, InterruptedException {
    if (spec.docker().isPresent()) {
      throw new ContainerException(
          "container %s wants image %s, which a plain process cannot have: enable the docker containerizer"
              .formatted(spec.id(), spec.docker().get().image()));
    }
    if (!Files.isDirectory(spec.sandbox())) {
      throw new ContainerException(
          "sandbox %s of container %s is not a folder".formatted(spec.sandbox(), spec.id()));
    }
    for (var variable : spec.environment().entrySet()) {
      requireText("environment variable " + variable.getKey(), variable.getValue());
      requireText("environment variable", variable.getKey());
      if (variable.getKey().isEmpty() || variable.getKey().contains("=")) {
        throw new ContainerException(
            "environment variable '%s' of container %s must have a name without ="
                .formatted(variable.getKey(), spec.id()));
      }
    }
    return new LaunchPlan(spec, Account.other(spec.user()));
  }

  Optional<Account> account() {
    return account;
  }

  /** Of the container's own command. */
  Launch command() throws ContainerException {
    ContainerSpec.Command command =
        spec.command()
            .orElseThrow(() ->
                new ContainerException(
                    "container %s has no command, and no image to take one from"
                        .formatted(spec.id())));
    return switch (command) {
      case Shell(String text) ->
          launch(Path.of("/bin/sh"), List.of("sh", "-c", text), spec.sandbox().resolve("stdout"));
      case Exec(Optional<String> value, List<String> arguments) -> {
        String executable =
            value.orElseThrow(() ->
                new ContainerException(
                    "command of container %s has arguments but no value to execute"
                        .formatted(spec.id())));
        yield launch(
            find(executable),
            arguments.isEmpty() ? List.of(executable) : arguments,
            spec.sandbox().resolve("stdout"));
      }
    };
  }

  /** Of another command, run beside the container's own; what it prints goes to stderr. */
  Launch check(List<String> command) throws ContainerException {
    if (command.isEmpty()) {
      throw new ContainerException("command to run in container %s is empty".formatted(spec.id()));
    }
    return launch(find(command.getFirst()), command, spec.sandbox().resolve("stderr"));
  }

  /** For a text file without a {@code #!} line, as execvp(3) does. */
  static Launch asScript(Launch launch) {
    List<String> arguments = new ArrayList<>(List.of("sh", launch.executable().toString()));
    arguments.addAll(launch.arguments().subList(1, launch.arguments().size()));
    return new Launch(
        Path.of("/bin/sh"),
        arguments,
        launch.environment(),
        launch.folder(),
        launch.stdout(),
        launch.stderr());
  }

  private Launch launch(Path executable, List<String> arguments, Path stdout)
      throws ContainerException {
    for (String argument : arguments) {
      requireText("an argument of container " + spec.id(), argument);
    }
    Path stderr = spec.sandbox().resolve("stderr");
    if (account.isEmpty()) {
      return new Launch(executable, arguments, environment, spec.sandbox(), stdout, stderr);
    }
    // setpriv hands on its own idea of argv[0]: the executable's path
    List<String> prefixed = new ArrayList<>(account.get().prefix());
    prefixed.add(executable.toString());
    prefixed.addAll(arguments.subList(1, arguments.size()));
    return new Launch(find("setpriv"), prefixed, environment, spec.sandbox(), stdout, stderr);
  }

  private Path find(String executable) throws ContainerException {
    requireText("command of container " + spec.id(), executable);
    if (executable.isEmpty()) {
      throw new ContainerException("command of container %s is empty".formatted(spec.id()));
    }
    if (executable.contains("/")) {
      Path path = spec.sandbox().resolve(executable).toAbsolutePath();
      if (!Files.isRegularFile(path)) {
        throw new ContainerException("executable %s does not exist".formatted(path));
      }
      if (!Files.isExecutable(path)) {
        throw new ContainerException(
            "%s must not be executed: give it permission (chmod +x)".formatted(path));
      }
      return path;
    }
    String searched = environment.getOrDefault("PATH", PATH_WHEN_ABSENT);
    for (String folder : searched.split(":")) {
      Path path = spec.sandbox().resolve(folder).resolve(executable).toAbsolutePath();
      if (Files.isRegularFile(path) && Files.isExecutable(path)) {
        return path;
      }
    }
    throw new ContainerException(
        "executable %s was not found in PATH=%s: give its absolute path, or set PATH"
            .formatted(executable, searched));
  }

  /** The C library would end the text there, silently. */
  private static void requireText(String subject, String text) throws ContainerException {
    if (text.indexOf('\0') >= 0) {
      throw new ContainerException(subject + " must not hold a zero byte");
    }
  }
}
