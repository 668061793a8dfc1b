package io.mesocosm.services.matching;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.Attribute;
import org.apache.mesos.v1.Protos.Value;

/** Agent attributes as the text that constraints compare (contracts/marathon-api.md §6). */
final class AttributeText {
  private AttributeText() {}

  static String of(Attribute attribute) {
    return switch (attribute.getType()) {
      case SCALAR -> scalar(attribute.getScalar().getValue());
      case RANGES ->
          attribute.getRanges().getRangeList().stream()
              .sorted(Comparator.comparingLong(Value.Range::getBegin))
              .map(range -> range.getBegin() + "-" + range.getEnd())
              .collect(Collectors.joining(",", "[", "]"));
      case SET ->
          attribute.getSet().getItemList().stream()
              .sorted()
              .collect(Collectors.joining(",", "{", "}"));
      case TEXT -> attribute.getText().getValue();
    };
  }

  private static String scalar(double value) {
    // An agent may call anything a number.
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value)
            .setScale(3, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        : Double.toString(value);
  }
}
