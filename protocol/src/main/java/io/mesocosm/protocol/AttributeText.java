package io.mesocosm.protocol;

import io.mesocosm.model.resource.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.Value;

/**
 * Attributes of an agent as flags write them (contracts/mesos-allocation.md §12): {@code
 * rack:r1;level:3;span:[1-5]}.
 */
public final class AttributeText {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(?:[0-9]{1,300}(?:\\.[0-9]*)?|\\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,3})?");

  private AttributeText() {}

  /**
   * @throws IllegalArgumentException saying what is wrong with which entry
   */
  public static List<Attribute> parse(String text) {
    List<Attribute> attributes = new ArrayList<>();
    for (String entry : text.replaceAll("\\s", "").split(";", -1)) {
      if (entry.isEmpty()) {
        continue;
      }
      int colon = entry.indexOf(':');
      if (colon < 1 || colon == entry.length() - 1) {
        throw new IllegalArgumentException(
            "name:value pairs separated by ';', e.g. rack:r1;level:3, not '" + entry + "'");
      }
      attributes.add(attribute(entry.substring(0, colon), entry.substring(colon + 1)));
    }
    return List.copyOf(attributes);
  }

  /**
   * The value as text, as in {@code /state}: numbers without needless decimals, ranges in brackets.
   */
  public static String print(Attribute attribute) {
    return switch (attribute.getType()) {
      case SCALAR -> scalar(attribute.getScalar().getValue());
      case RANGES -> ranges(attribute.getRanges());
      case SET -> "{" + String.join(", ", attribute.getSet().getItemList()) + "}";
      case TEXT -> attribute.getText().getValue();
    };
  }

  private static Attribute attribute(String name, String value) {
    Attribute.Builder attribute = Attribute.newBuilder().setName(name);
    if (value.startsWith("{")) {
      throw new IllegalArgumentException(
          "a text, a number or ranges, but attributes cannot be sets: '"
              + name
              + ":"
              + value
              + "'");
    }
    if (value.startsWith("[")) {
      return attribute.setType(Value.Type.RANGES).setRanges(ranges(name, value)).build();
    }
    if (NUMBER.matcher(value).matches() && Double.isFinite(Double.parseDouble(value))) {
      return attribute
          .setType(Value.Type.SCALAR)
          .setScalar(Value.Scalar.newBuilder().setValue(Double.parseDouble(value)))
          .build();
    }
    return attribute
        .setType(Value.Type.TEXT)
        .setText(Value.Text.newBuilder().setValue(value))
        .build();
  }

  private static Value.Ranges ranges(String name, String value) {
    try {
      Value.Ranges.Builder ranges = Value.Ranges.newBuilder();
      for (Ranges.Range range : ResourceText.ranges(value).ranges()) {
        ranges.addRange(Value.Range.newBuilder().setBegin(range.begin()).setEnd(range.end()));
      }
      return ranges.build();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "ranges like [1-5,8-9], not '" + name + ":" + value + "' (" + e.getMessage() + ")", e);
    }
  }

  private static String scalar(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String ranges(Value.Ranges ranges) {
    List<String> texts = new ArrayList<>();
    ranges.getRangeList().forEach(range -> texts.add(range.getBegin() + "-" + range.getEnd()));
    return "[" + String.join(", ", texts) + "]";
  }
}
