package io.mesocosm.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** What a benchmark found: printed as it comes, and written as JSON in the end. */
public final class Report {
  private final ObjectNode json = new ObjectMapper().createObjectNode();
  private final PrintWriter out;

  public Report(String benchmark, PrintWriter out) {
    this.out = out;
    json.put("benchmark", benchmark);
    json.put("at", Instant.now().toString());
    ObjectNode machine = json.putObject("machine");
    machine().forEach(machine::put);
    say("machine: " + machine());
  }

  private static Map<String, String> machine() {
    Map<String, String> machine = new java.util.LinkedHashMap<>();
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("cpu", firstOf(Path.of("/proc/cpuinfo"), "model name"));
    machine.put("memory", firstOf(Path.of("/proc/meminfo"), "MemTotal"));
    machine.put("load", firstLine(Path.of("/proc/loadavg")));
    machine.put("jdk", Runtime.version().toString());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    return machine;
  }

  private static String firstOf(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(key)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown";
    }
    return "unknown";
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).getFirst();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** The object that is written; benchmarks add their keys. */
  public ObjectNode json() {
    return json;
  }

  public ArrayNode array(String key) {
    return json.putArray(key);
  }

  public void print(Table table) {
    out.println();
    out.print(table);
    out.flush();
  }

  /** A line for who watches. */
  public void say(String line) {
    out.println(line);
    out.flush();
  }

  public void write(Path file) {
    try {
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
