package io.mesocosm.services.api;

import io.mesocosm.http.Response;
import io.mesocosm.http.operator.PrometheusText;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Metrics in Prometheus's text format under the original's names: {@code
 * marathon.apps.active.gauge} becomes {@code marathon_apps_active_gauge}.
 */
final class MetricsText {
  private MetricsText() {}

  static Response response(SortedMap<String, Double> values) {
    SortedMap<String, Double> named = new TreeMap<>();
    values.forEach((name, value) ->
        named.putIfAbsent(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_"), value));
    StringBuilder text = new StringBuilder();
    named.forEach((name, value) ->
        text.append("# TYPE ")
            .append(name)
            .append(name.endsWith("_counter") ? " counter\n" : " gauge\n")
            .append(name)
            .append(' ')
            .append(number(value))
            .append('\n'));
    return Response.of(
        200, PrometheusText.CONTENT_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return Double.toString(value);
  }
}
