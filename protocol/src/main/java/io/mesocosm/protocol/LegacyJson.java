package io.mesocosm.protocol;

import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.Value;

/**
 * The shapes that the endpoints from before the v1 API share (contracts/mesos-operator-api.md §6).
 */
public final class LegacyJson {
  private static final List<String> ALWAYS = List.of("cpus", "gpus", "mem", "disk");

  private LegacyJson() {}

  /**
   * Amounts by name: the four known scalars always, ranges and sets as text, revocable ones apart.
   */
  public static void resources(JsonWriter writer, Resources resources) {
    SortedMap<String, Scalar> scalars = new TreeMap<>();
    SortedMap<String, Ranges> ranges = new TreeMap<>();
    SortedMap<String, Names> sets = new TreeMap<>();
    for (Resource entry : resources.entries()) {
      String name = entry.revocable() ? entry.name() + "_revocable" : entry.name();
      switch (entry.value()) {
        case Scalar scalar -> scalars.merge(name, scalar, Scalar::plus);
        case Ranges range -> ranges.merge(name, range, Ranges::plus);
        case Names names -> sets.merge(name, names, Names::plus);
      }
    }
    writer.beginObject();
    for (String name : ALWAYS) {
      writer.field(name, scalars.getOrDefault(name, Scalar.ZERO).toDouble());
    }
    scalars.forEach((name, scalar) -> {
      if (!ALWAYS.contains(name)) {
        writer.field(name, scalar.toDouble());
      }
    });
    ranges.forEach((name, range) -> writer.field(name, range.toString()));
    sets.forEach((name, names) -> writer.field(name, names.toString()));
    writer.endObject();
  }

  /**
   * Values by name: numbers as numbers, everything else as text. Of a repeated name the first
   * counts.
   */
  public static void attributes(JsonWriter writer, List<Attribute> attributes) {
    SortedMap<String, Attribute> byName = new TreeMap<>();
    attributes.forEach(attribute -> byName.putIfAbsent(attribute.getName(), attribute));
    writer.beginObject();
    byName.forEach((name, attribute) -> {
      if (attribute.getType() == Value.Type.SCALAR) {
        writer.field(name, attribute.getScalar().getValue());
      } else {
        writer.field(name, AttributeText.print(attribute));
      }
    });
    writer.endObject();
  }
}
