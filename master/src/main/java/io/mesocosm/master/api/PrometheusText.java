package io.mesocosm.master.api;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Metrics in Prometheus's text format: {@code master/tasks_running} becomes {@code
 * mesos_master_tasks_running}. Names that differ in nothing that Prometheus can tell apart are
 * shown once, the first of them.
 */
final class PrometheusText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private PrometheusText() {}

  static String of(SortedMap<String, Double> values) {
    SortedMap<String, Double> named = new TreeMap<>();
    values.forEach((name, value) -> named.putIfAbsent(name(name), value));
    StringBuilder text = new StringBuilder();
    named.forEach((name, value) ->
        text.append("# TYPE ")
            .append(name)
            .append(" untyped\n")
            .append(name)
            .append(' ')
            .append(number(value))
            .append('\n'));
    return text.toString();
  }

  private static String name(String name) {
    return "mesos_" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? (value > 0 ? "+Inf" : "-Inf") : Double.toString(value);
  }
}
