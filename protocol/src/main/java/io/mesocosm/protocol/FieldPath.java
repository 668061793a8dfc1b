package io.mesocosm.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where in a message something stands. Becomes text only when somebody must be told: what clients
 * send can make it long, and it is needed for every field read.
 *
 * @param step a field's name with its dot, or an index in brackets
 */
record FieldPath(Optional<FieldPath> parent, String step) {
  static final FieldPath ROOT = new FieldPath(Optional.empty(), "");

  private static final int STEP_CHARACTERS_MAX = 60;

  FieldPath field(String name) {
    return new FieldPath(Optional.of(this), name);
  }

  FieldPath index(int index) {
    return new FieldPath(Optional.of(this), "[" + index + "]");
  }

  /** As in {@code accept.offer_ids[3].value}; {@code body} for the whole message. */
  @Override
  public String toString() {
    List<String> steps = new ArrayList<>();
    for (Optional<FieldPath> at = Optional.of(this);
        at.isPresent();
        at = at.orElseThrow().parent()) {
      steps.add(at.orElseThrow().step());
    }
    Collections.reverse(steps);
    StringBuilder text = new StringBuilder();
    for (String step : steps) {
      text.append(text.isEmpty() || step.startsWith("[") ? "" : ".")
          .append(step, 0, Math.min(STEP_CHARACTERS_MAX, step.length()));
    }
    return text.isEmpty() ? "body" : text.toString();
  }
}
