package io.mesocosm.services.autoscale;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Reads a metric: a plain number, or a JSON object's {@code value}. Blocking and thread-safe. */
final class MetricReader {
  private static final int BYTES_MAX = 64 << 10;

  // Java itself takes more for a number than people would.
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9.]{1,40}([eE][+-]?[0-9]{1,3})?");

  private final Fetcher fetcher;

  /**
   * @param fetcher without a credential: the address is a user's choice
   */
  MetricReader(Fetcher fetcher) {
    this.fetcher = fetcher;
  }

  /** Finite and not negative. */
  double read(String url) throws UnmeasurableException, InterruptedException {
    byte[] body;
    try {
      body = fetcher.body(URI.create(url), BYTES_MAX);
    } catch (IllegalArgumentException e) {
      throw new UnmeasurableException(url + " is no address: " + e.getMessage());
    }
    double value = value(url, new String(body, StandardCharsets.UTF_8).strip());
    if (!Double.isFinite(value) || value < 0) {
      throw new UnmeasurableException(url + " says " + value + ", which is no amount of load");
    }
    return value;
  }

  private static double value(String url, String text) throws UnmeasurableException {
    if (text.startsWith("{")) {
      try {
        JsonNode value = Json.parse(text.getBytes(StandardCharsets.UTF_8)).path("value");
        if (value.isNumber()) {
          return value.doubleValue();
        }
        return number(url, value.isTextual() ? value.textValue().strip() : "");
      } catch (InvalidRequestException e) {
        throw new UnmeasurableException(url + " answers no JSON: " + e.getMessage());
      }
    }
    return number(url, text);
  }

  private static double number(String url, String text) throws UnmeasurableException {
    if (NUMBER.matcher(text).matches()) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw notANumber(url);
      }
    }
    throw notANumber(url);
  }

  /** What it says instead is not repeated: whoever reads this may have no business to know. */
  private static UnmeasurableException notANumber(String url) {
    return new UnmeasurableException(
        url + " answers neither a plain number nor a JSON object with a number as its value");
  }
}
