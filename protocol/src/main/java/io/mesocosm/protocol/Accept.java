package io.mesocosm.protocol;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads Accept headers: JSON where it is acceptable, else protobuf, else nothing; everything is
 * acceptable without the header (contracts/mesos-scheduler-api.md T3, mesos-executor-api.md E4).
 */
public final class Accept {
  private Accept() {}

  /**
   * What an answer is to be encoded as.
   *
   * @param values of the header, of which there may be several or none
   */
  public static Optional<MediaType> choose(List<String> values) {
    return values.isEmpty() ? Optional.of(MediaType.JSON) : choose(String.join(",", values));
  }

  private static Optional<MediaType> choose(String header) {
    for (MediaType type : List.of(MediaType.JSON, MediaType.PROTOBUF)) {
      if (accepts(header, type.contentType())) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The most specific range that matches decides; a quality of 0 means no. */
  private static boolean accepts(String header, String contentType) {
    int bestSpecificity = -1;
    boolean accepted = false;
    for (String range : header.split(",")) {
      String[] parts = range.split(";");
      String name = parts[0].strip().toLowerCase(Locale.ROOT);
      int specificity = specificity(name, contentType);
      if (specificity > bestSpecificity) {
        bestSpecificity = specificity;
        accepted = quality(parts) > 0;
      }
    }
    return accepted;
  }

  private static int specificity(String range, String contentType) {
    if (range.equals(contentType)) {
      return 2;
    }
    String type = contentType.substring(0, contentType.indexOf('/'));
    if (range.equals(type + "/*")) {
      return 1;
    }
    return range.equals("*/*") ? 0 : -1;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          // A quality that is no number says no.
          return 0;
        }
      }
    }
    return 1;
  }
}
