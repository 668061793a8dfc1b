package io.mesocosm.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rows of the contract pages, from {@code rows/<contract>.tsv}: contract, section, row and
 * title a line.
 */
final class Inventory {
  static final List<String> CONTRACTS =
      List.of(
          "mesos-scheduler-api", "mesos-allocation", "mesos-operator-api", "mesos-executor-api");

  private Inventory() {}

  /** The ids of all rows, in the order of the pages. */
  static List<String> ids() {
    return CONTRACTS.stream().flatMap(Inventory::lines).map(Inventory::id).toList();
  }

  private static String id(String line) {
    String[] cells = line.split("\t", 4);
    return cells[0] + "/" + cells[2];
  }

  private static Stream<String> lines(String contract) {
    String name = "/rows/" + contract + ".tsv";
    try (InputStream in = Objects.requireNonNull(Inventory.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
