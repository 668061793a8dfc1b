package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every flag that has a value, by name, as JSON of its own type; without secrets.
 *
 * @param values not to be changed
 */
public record Settings(SortedMap<String, JsonNode> values) {
  public Settings {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }
}
