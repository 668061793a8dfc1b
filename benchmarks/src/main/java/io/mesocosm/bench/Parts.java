package io.mesocosm.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The parts of something that was done several times: each with its median and all its values. */
final class Parts {
  private final SequencedMap<String, List<Double>> values = new LinkedHashMap<>();

  void add(String part, double value) {
    values.computeIfAbsent(part, _ -> new ArrayList<>()).add(value);
  }

  void addAll(SequencedMap<String, Double> more) {
    more.forEach(this::add);
  }

  /** Of all values; 0 of none. */
  double median(String part) {
    return Samples.median(values.getOrDefault(part, List.of()));
  }

  double highest(String part) {
    return values.getOrDefault(part, List.of()).stream()
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(0);
  }

  Table table(String title) {
    Table table = new Table(title, "part", "median", "all");
    values.forEach((part, all) ->
        table.add(
            part,
            Samples.median(all),
            all.stream()
                .map(value -> String.format("%.3f", value))
                .collect(Collectors.joining(" "))));
    return table;
  }

  void writeTo(ObjectNode json) {
    values.forEach((part, all) -> {
      ObjectNode node = json.putObject(part.replaceAll("[^A-Za-z0-9]+", "_"));
      node.put("median", Samples.median(all));
      ArrayNode each = node.putArray("all");
      all.forEach(each::add);
    });
  }
}
