package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;

/** Writes the definition of whatever it is. */
public final class SpecWriter {
  private SpecWriter() {}

  public static ObjectNode write(RunSpec spec) {
    return switch (spec) {
      case AppDefinition app -> AppWriter.write(app);
      case PodDefinition pod -> PodWriter.write(pod);
    };
  }
}
