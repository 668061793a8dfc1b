package io.mesocosm.services.app;

import java.time.Duration;

/**
 * A check that the agent makes of a task and only reports (contracts/marathon-api.md §4 {@code
 * check}), and what the health checks of pods are made of.
 *
 * @param delay before the first time
 */
public record TaskCheck(Probe probe, Duration interval, Duration timeout, Duration delay) {

  /** What is tried. */
  public sealed interface Probe {
    /**
     * @param path begins with a slash
     */
    record Http(PortReference port, String path, boolean https) implements Probe {}

    record Tcp(PortReference port) implements Probe {}

    record Exec(CommandLine command) implements Probe {}
  }

  /** Which port is meant. */
  public sealed interface PortReference {
    /** Of the app's ports in order. */
    record Index(int index) implements PortReference {}

    record Number(int port) implements PortReference {}

    /** Of a pod's container, by name. */
    record Endpoint(String name) implements PortReference {}
  }
}
