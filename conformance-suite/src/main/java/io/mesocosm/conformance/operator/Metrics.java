package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of a program at one moment, by GET_METRICS, whose number a second is not limited.
 *
 * @param program for messages
 */
record Metrics(String program, SortedMap<String, Double> values) {
  private static final List<String> PERCENTILES =
      List.of("", "/count", "/max", "/min", "/p50", "/p90", "/p95", "/p99", "/p999", "/p9999");

  static Metrics master(Target target) {
    return of("master", target.master());
  }

  static Metrics agent(Target target) {
    return of("agent", target.agent());
  }

  private static Metrics of(String program, OperatorCalls calls) {
    SortedMap<String, Double> values = new TreeMap<>();
    for (JsonNode metric : calls.call("GET_METRICS", Json.object()).path("metrics")) {
      if (metric.path("value").isNumber()) {
        values.put(metric.path("name").asText(), metric.path("value").asDouble());
      }
    }
    return new Metrics(program, values);
  }

  /** Waits until the master's metric is at least this. */
  static void awaitMaster(Target target, String name, double least) throws InterruptedException {
    target.eventually(
        "metric " + name + " of at least " + least,
        SchedulerSession.SOON,
        () -> Optional.ofNullable(master(target).values().get(name)).filter(now -> now >= least));
  }

  /** The metric's value; its absence is a mismatch. */
  double value(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new Mismatch("metric " + name + " of the " + program, "absent");
    }
    return value;
  }

  /** There are metrics of all of these names after the prefix. */
  void expect(String prefix, List<String> names) {
    List<String> missing =
        names.stream().filter(name -> !values.containsKey(prefix + name)).toList();
    Expect.that(
        missing.isEmpty(),
        "metrics " + prefix + names + " of the " + program,
        "none of " + missing);
  }

  /** There is any metric whose name begins so. */
  void expectAny(String prefix) {
    Expect.that(
        values.keySet().stream().anyMatch(name -> name.startsWith(prefix)),
        "a metric " + prefix + "… of the " + program,
        "none");
  }

  /** There are a timer's last value and its count, extremes and percentiles. */
  void expectPercentiles(String name) {
    expect(name, PERCENTILES);
  }
}
