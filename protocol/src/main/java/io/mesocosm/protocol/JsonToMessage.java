package io.mesocosm.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns JSON into a message, field by field, as its descriptor says. */
final class JsonToMessage {
  private static final BigDecimal UNSIGNED_LONG_MAX = new BigDecimal("18446744073709551615");

  /** 1e999999999 is short to write and endless to expand. */
  private static final int EXPONENT_MAX = 1000;

  /** Digits that fit a long whatever they are. */
  private static final int LONG_DIGITS_SAFE = 18;

  private JsonToMessage() {}

  /** Sets what is there; what is required and missing is for the caller to find. */
  static void fill(JsonValue json, Message.Builder builder, FieldPath path)
      throws InvalidMessageException {
    if (!(json instanceof JsonValue.Obj object)) {
      throw mismatch(path, "an object", json);
    }
    for (Map.Entry<String, JsonValue> entry : object.fields().entrySet()) {
      FieldDescriptor field = builder.getDescriptorForType().findFieldByName(entry.getKey());
      if (field != null && !(entry.getValue() instanceof JsonValue.Null)) {
        set(builder, field, entry.getValue(), path.field(field.getName()));
      }
    }
  }

  private static void set(
      Message.Builder builder, FieldDescriptor field, JsonValue json, FieldPath path)
      throws InvalidMessageException {
    if (field.isMapField()) {
      setMap(builder, field, json, path);
    } else if (field.isRepeated()) {
      setRepeated(builder, field, json, path);
    } else {
      value(builder, field, json, path).ifPresent(value -> builder.setField(field, value));
    }
  }

  private static void setRepeated(
      Message.Builder builder, FieldDescriptor field, JsonValue json, FieldPath path)
      throws InvalidMessageException {
    if (!(json instanceof JsonValue.Arr(List<JsonValue> items))) {
      throw mismatch(path, "an array", json);
    }
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof JsonValue.Null)) {
        value(builder, field, items.get(i), path.index(i))
            .ifPresent(item -> builder.addRepeatedField(field, item));
      }
    }
  }

  private static void setMap(
      Message.Builder builder, FieldDescriptor field, JsonValue json, FieldPath path)
      throws InvalidMessageException {
    if (!(json instanceof JsonValue.Obj object)) {
      throw mismatch(path, "an object", json);
    }
    FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
    for (Map.Entry<String, JsonValue> entry : object.fields().entrySet()) {
      if (entry.getValue() instanceof JsonValue.Null) {
        continue;
      }
      FieldPath entryPath = path.field(entry.getKey());
      Message.Builder pair = builder.newBuilderForField(field);
      Optional<Object> key = mapKey(pair, keyField, entry.getKey(), entryPath);
      Optional<Object> value = value(pair, valueField, entry.getValue(), entryPath);
      if (key.isPresent() && value.isPresent()) {
        pair.setField(keyField, key.orElseThrow());
        pair.setField(valueField, value.orElseThrow());
        builder.addRepeatedField(field, pair.buildPartial());
      }
    }
  }

  private static boolean isDuration(FieldDescriptor field) {
    return field.getMessageType().equals(Duration.getDescriptor());
  }

  private static Optional<Object> mapKey(
      Message.Builder pair, FieldDescriptor field, String key, FieldPath path)
      throws InvalidMessageException {
    return value(pair, field, new JsonValue.Text(key), path);
  }

  /**
   * The value in Java's terms, or nothing for an enum value that we do not know in a field that may
   * be unset (J2).
   */
  private static Optional<Object> value(
      Message.Builder builder, FieldDescriptor field, JsonValue json, FieldPath path)
      throws InvalidMessageException {
    return switch (field.getJavaType()) {
      case INT ->
          Optional.of(
              isUnsigned(field)
                  ? (int) integer(json, path, 0, 0xffff_ffffL)
                  : (int) integer(json, path, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case LONG ->
          Optional.of(
              isUnsigned(field)
                  ? unsignedLong(json, path)
                  : integer(json, path, Long.MIN_VALUE, Long.MAX_VALUE));
      case FLOAT -> Optional.of((float) real(json, path));
      case DOUBLE -> Optional.of(real(json, path));
      case BOOLEAN -> Optional.of(bool(json, path));
      case STRING -> Optional.of(text(json, path));
      case BYTE_STRING -> Optional.of(bytes(json, path));
      case ENUM -> enumValue(field, json, path);
      case MESSAGE -> {
        if (isDuration(field) && json instanceof JsonValue.Text(String seconds)) {
          yield Optional.of(
              DurationText.parse(seconds)
                  .orElseThrow(() -> mismatch(path, "seconds with an s behind, e.g. 90s", json)));
        }
        Message.Builder nested = builder.newBuilderForField(field);
        fill(json, nested, path);
        // What is missing inside is reported once, for the whole message.
        yield Optional.of(nested.buildPartial());
      }
    };
  }

  private static Optional<Object> enumValue(FieldDescriptor field, JsonValue json, FieldPath path)
      throws InvalidMessageException {
    EnumValueDescriptor value =
        switch (json) {
          case JsonValue.Text name -> field.getEnumType().findValueByName(name.value());
          case JsonValue.Num number ->
              field
                  .getEnumType()
                  .findValueByNumber(
                      (int) integer(number, path, Integer.MIN_VALUE, Integer.MAX_VALUE));
          case JsonValue.Obj _, JsonValue.Arr _, JsonValue.Bool _, JsonValue.Null _ ->
              throw mismatch(path, "the name of a " + field.getEnumType().getName(), json);
        };
    if (value == null && field.isRequired()) {
      throw problem(path, "unknown " + field.getEnumType().getName());
    }
    return Optional.ofNullable(value);
  }

  private static long integer(JsonValue json, FieldPath path, long min, long max)
      throws InvalidMessageException {
    String digits = digits(json, path);
    if (isPlain(digits)) {
      long number = Long.parseLong(digits);
      if (number >= min && number <= max) {
        return number;
      }
      throw outOfRange(path, min, max);
    }
    BigDecimal number = whole(digits, path, min, max);
    if (number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw outOfRange(path, min, max);
    }
    return number.longValueExact();
  }

  private static long unsignedLong(JsonValue json, FieldPath path) throws InvalidMessageException {
    BigDecimal number = whole(digits(json, path), path, 0, UNSIGNED_LONG_MAX);
    if (number.signum() < 0 || number.compareTo(UNSIGNED_LONG_MAX) > 0) {
      throw outOfRange(path, 0, UNSIGNED_LONG_MAX);
    }
    return number.toBigInteger().longValue();
  }

  /** A number without fraction, of any size; 5.0 and 1e3 are such. */
  private static BigDecimal whole(String digits, FieldPath path, Object min, Object max)
      throws InvalidMessageException {
    try {
      BigDecimal number = new BigDecimal(digits);
      boolean expandable = Math.abs((long) number.scale()) <= EXPONENT_MAX;
      if (expandable && (number.signum() == 0 || number.stripTrailingZeros().scale() <= 0)) {
        return number;
      }
      throw outOfRange(path, min, max);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(
          "Failed to parse " + path + ": the number is out of range", e);
    }
  }

  private static double real(JsonValue json, FieldPath path) throws InvalidMessageException {
    if (json instanceof JsonValue.Text(String text)) {
      if (text.equals("Infinity")) {
        return Double.POSITIVE_INFINITY;
      }
      if (text.equals("-Infinity")) {
        return Double.NEGATIVE_INFINITY;
      }
    }
    double number = Double.parseDouble(digits(json, path));
    if (Double.isInfinite(number)) {
      throw problem(path, "the number is out of range");
    }
    return number;
  }

  /** What JSON allows as a number, be it in quotes or not (J4). */
  private static String digits(JsonValue json, FieldPath path) throws InvalidMessageException {
    return switch (json) {
      case JsonValue.Num(String digits) -> digits;
      case JsonValue.Text(String text) -> {
        try {
          if (JsonReader.read(text) instanceof JsonValue.Num(String digits)) {
            yield digits;
          }
        } catch (InvalidMessageException e) {
          throw new InvalidMessageException(
              "Failed to parse " + path + ": expected a number, found a string", e);
        }
        throw mismatch(path, "a number", json);
      }
      case JsonValue.Obj _, JsonValue.Arr _, JsonValue.Bool _, JsonValue.Null _ ->
          throw mismatch(path, "a number", json);
    };
  }

  private static boolean isPlain(String digits) {
    if (digits.length() > LONG_DIGITS_SAFE) {
      return false;
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c != '-' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  private static boolean bool(JsonValue json, FieldPath path) throws InvalidMessageException {
    return switch (json) {
      case JsonValue.Bool(boolean value) -> value;
      case JsonValue.Text(String value) when value.equals("true") -> true;
      case JsonValue.Text(String value) when value.equals("false") -> false;
      case JsonValue.Text _, JsonValue.Num _, JsonValue.Obj _, JsonValue.Arr _, JsonValue.Null _ ->
          throw mismatch(path, "a boolean", json);
    };
  }

  private static String text(JsonValue json, FieldPath path) throws InvalidMessageException {
    if (json instanceof JsonValue.Text(String value)) {
      return value;
    }
    throw mismatch(path, "a string", json);
  }

  private static ByteString bytes(JsonValue json, FieldPath path) throws InvalidMessageException {
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(text(json, path)));
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("Failed to parse " + path + ": expected base64", e);
    }
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.UINT32
        || field.getType() == FieldDescriptor.Type.UINT64
        || field.getType() == FieldDescriptor.Type.FIXED32
        || field.getType() == FieldDescriptor.Type.FIXED64;
  }

  private static InvalidMessageException mismatch(
      FieldPath path, String expected, JsonValue found) {
    return problem(path, "expected " + expected + ", found " + found.kind());
  }

  private static InvalidMessageException outOfRange(FieldPath path, Object min, Object max) {
    return problem(path, "expected a whole number from " + min + " to " + max);
  }

  private static InvalidMessageException problem(FieldPath path, String problem) {
    return new InvalidMessageException("Failed to parse " + path + ": " + problem);
  }
}
