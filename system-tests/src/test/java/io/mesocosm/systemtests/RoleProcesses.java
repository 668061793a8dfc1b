package io.mesocosm.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A master and agents as in production, each a process of its own with its own address. */
final class RoleProcesses implements AutoCloseable {
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final List<Path> logs = new ArrayList<>();
  private final int masterPort = freePort();
  private final List<String> agents = new ArrayList<>();

  RoleProcesses(Path folder) {
    this.folder = folder;
  }

  String master() {
    return "http://127.0.0.1:" + masterPort;
  }

  String agent(int number) {
    return agents.get(number);
  }

  void startMaster(String... flags) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "master",
                "--ip=127.0.0.1",
                "--port=" + masterPort,
                "--work_dir=" + folder.resolve("master")));
    arguments.addAll(List.of(flags));
    start("master", arguments);
  }

  void startAgent(String... flags) {
    int number = agents.size() + 1;
    String ip = "127.0.0." + number;
    int port = freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "agent",
                "--master=127.0.0.1:" + masterPort,
                "--ip=" + ip,
                "--hostname=" + ip,
                "--port=" + port,
                "--work_dir=" + folder.resolve("agent-" + number)));
    arguments.addAll(List.of(flags));
    start("agent-" + number, arguments);
    agents.add("http://" + ip + ":" + port);
  }

  private void start(String name, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(Cosm.ROOT.resolve("cosm").toString()));
    command.addAll(arguments);
    Path log = folder.resolve(name + ".log");
    try {
      processes.add(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start());
      logs.add(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What all of them have printed. */
  String said() {
    StringBuilder all = new StringBuilder();
    for (Path log : logs) {
      try {
        all.append("== ").append(log.getFileName()).append('\n').append(Files.readString(log));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.toString();
  }

  @Override
  public void close() {
    processes.reversed().forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
