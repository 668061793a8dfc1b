package io.mesocosm.services.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a client takes, by its Accept header (row E1).
 *
 * @param ranges empty if it did not say, and then it takes anything
 */
record AcceptedTypes(List<Range> ranges) {
  AcceptedTypes {
    ranges = List.copyOf(ranges);
  }

  /**
   * @param type e.g. {@code text/*}, in lower case
   * @param wanted false if its weight is 0
   */
  record Range(String type, boolean wanted) {}

  /**
   * @param values of the header, a line each
   */
  static AcceptedTypes of(List<String> values) {
    List<Range> ranges = new ArrayList<>();
    for (String value : values) {
      for (String item : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = item.replace(" ", "").split(";", -1);
        if (!parts[0].isEmpty()) {
          boolean wanted = true;
          for (int i = 1; i < parts.length; i++) {
            wanted &= !parts[i].matches("q=0(\\.0*)?");
          }
          ranges.add(new Range(parts[0].strip(), wanted));
        }
      }
    }
    return new AcceptedTypes(ranges);
  }

  /** The most exact of the ranges that match decides. */
  boolean allowEventStream() {
    for (String type : List.of("text/event-stream", "text/*", "*/*")) {
      for (Range range : ranges) {
        if (range.type().equals(type)) {
          return range.wanted();
        }
      }
    }
    return ranges.isEmpty();
  }
}
