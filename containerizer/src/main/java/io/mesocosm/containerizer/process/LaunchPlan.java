package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command.Exec;
import io.mesocosm.containerizer.ContainerSpec.Command.Shell;
import java.io.IOException;
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

  private static final Path BASH = Path.of("/bin/bash");

  /** Replaces bash by an executable of another name, without the variables that bash adds. */
  private static final String RENAMED =
      "unset PWD OLDPWD _; declare -a SHLVL; exec -a \"$0\" \"$@\"";

  private final Origin origin;

  private LaunchPlan(Origin origin) {
    this.origin = origin;
  }

  /** Of a container of an earlier run, to run commands beside it. */
  static LaunchPlan of(Origin origin) {
    return new LaunchPlan(origin);
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
    SortedMap<String, String> environment = new TreeMap<>(spec.environment());
    environment.putIfAbsent("PATH", PATH_WHEN_ABSENT);
    return new LaunchPlan(
        new Origin(spec.id(), spec.sandbox(), environment, Account.other(spec.user())));
  }

  Origin origin() {
    return origin;
  }

  /** Of the container's own command. */
  Launch command(ContainerSpec spec) throws ContainerException {
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
      throw new ContainerException(
          "command to run in container %s is empty".formatted(origin.id()));
    }
    return launch(find(command.getFirst()), command, origin.sandbox().resolve("stderr"));
  }

  private Launch launch(Path executable, List<String> arguments, Path stdout)
      throws ContainerException {
    for (String argument : arguments) {
      requireText("an argument of container " + origin.id(), argument);
    }
    Executables.requireInterpreter(executable, origin.sandbox());
    List<String> prefix = List.of();
    if (origin.account().isPresent()) {
      prefix = origin.account().get().prefix();
    }
    return new Launch(
        words(executable, arguments),
        prefix,
        origin.environment(),
        origin.sandbox(),
        stdout,
        origin.sandbox().resolve("stderr"));
  }

  /**
   * The first argument is what is executed, except with bash. Where that is not the executable, and
   * there is no bash, the command has to do with the executable's path as its name.
   */
  private List<String> words(Path executable, List<String> arguments) throws ContainerException {
    String name = arguments.getFirst();
    List<String> words = new ArrayList<>();
    if (leadsTo(name, executable)) {
      words.add(name);
    } else if (Files.isExecutable(BASH)) {
      words.addAll(List.of(BASH.toString(), "-p", "-c", RENAMED, name, executable.toString()));
    } else {
      words.add(executable.toString());
    }
    words.addAll(arguments.subList(1, arguments.size()));
    return words;
  }

  private boolean leadsTo(String name, Path executable) throws ContainerException {
    Optional<Path> there =
        name.contains("/")
            ? Optional.of(origin.sandbox().resolve(name)).filter(Files::exists)
            : search(name);
    try {
      // /bin is a link to /usr/bin on most machines
      return there.isPresent() && Files.isSameFile(there.get(), executable);
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot look at %s and %s: %s".formatted(there, executable, failure), failure);
    }
  }

  private Path find(String executable) throws ContainerException {
    requireText("command of container " + origin.id(), executable);
    if (executable.isEmpty()) {
      throw new ContainerException("command of container %s is empty".formatted(origin.id()));
    }
    if (executable.contains("/")) {
      Path path = origin.sandbox().resolve(executable).toAbsolutePath();
      if (!Files.isRegularFile(path)) {
        throw new ContainerException("executable %s does not exist".formatted(path));
      }
      if (!Files.isExecutable(path)) {
        throw new ContainerException(
            "%s must not be executed: give it permission (chmod +x)".formatted(path));
      }
      return path;
    }
    return search(executable)
        .orElseThrow(() ->
            new ContainerException(
                "executable %s was not found in PATH=%s: give its absolute path, or set PATH"
                    .formatted(executable, origin.environment().get("PATH"))));
  }

  private Optional<Path> search(String name) {
    String searched = origin.environment().getOrDefault("PATH", PATH_WHEN_ABSENT);
    for (String folder : searched.split(":")) {
      Path path = origin.sandbox().resolve(folder).resolve(name).toAbsolutePath();
      if (!name.isEmpty() && Files.isRegularFile(path) && Files.isExecutable(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  /** The C library would end the text there, silently. */
  private static void requireText(String subject, String text) throws ContainerException {
    if (text.indexOf('\0') >= 0) {
      throw new ContainerException(subject + " must not hold a zero byte");
    }
  }
}
