package io.mesocosm.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * Messages as Mesos writes them in JSON (contracts/mesos-scheduler-api.md J1–J7): names as in the
 * .proto files, 64-bit integers as numbers, bytes in base64, defaults that the .proto files state
 * printed even where unset.
 */
public final class MesosJson {
  private static final int MISSING_NAMED_MAX = 10;

  private MesosJson() {}

  public static String print(MessageOrBuilder message) {
    JsonWriter writer = new JsonWriter();
    write(message, writer);
    return writer.toString();
  }

  /** Writes the message as the next value of {@code writer}. */
  public static void write(MessageOrBuilder message, JsonWriter writer) {
    writer.beginObject();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isMapField()) {
        writeMap(message, field, writer);
      } else if (field.isRepeated()) {
        writeRepeated(message, field, writer);
      } else if (message.hasField(field) || isPrintedUnset(field)) {
        writer.name(field.getName());
        writeValue(field, message.getField(field), writer);
      }
    }
    writer.endObject();
  }

  /**
   * Fills {@code builder} from a JSON object. Unknown fields and nulls are passed over; what has a
   * wrong type, or lacks a required field, is named in the exception.
   */
  public static <B extends Message.Builder> B parse(String json, B builder)
      throws InvalidMessageException {
    JsonToMessage.fill(JsonReader.read(json), builder, FieldPath.ROOT);
    requireInitialized(builder);
    return builder;
  }

  /** As {@link #parse}, for an array of messages of one type. */
  public static <B extends Message.Builder> List<B> parseList(String json, Supplier<B> builders)
      throws InvalidMessageException {
    if (!(JsonReader.read(json) instanceof JsonValue.Arr(List<JsonValue> items))) {
      throw new InvalidMessageException("a JSON array is expected");
    }
    List<B> filled = new ArrayList<>(items.size());
    for (JsonValue item : items) {
      B builder = builders.get();
      JsonToMessage.fill(item, builder, FieldPath.ROOT);
      requireInitialized(builder);
      filled.add(builder);
    }
    return filled;
  }

  static void requireInitialized(Message.Builder builder) throws InvalidMessageException {
    if (!builder.isInitialized()) {
      List<String> missing = builder.findInitializationErrors();
      String rest =
          missing.size() > MISSING_NAMED_MAX
              ? " and " + (missing.size() - MISSING_NAMED_MAX) + " more"
              : "";
      throw new InvalidMessageException(
          "Missing required fields of "
              + builder.getDescriptorForType().getName()
              + ": "
              + String.join(", ", missing.subList(0, Math.min(MISSING_NAMED_MAX, missing.size())))
              + rest);
    }
  }

  /**
   * J6: a default that the .proto file states is a statement, and is printed; deprecated fields are
   * let go.
   */
  private static boolean isPrintedUnset(FieldDescriptor field) {
    return field.hasDefaultValue()
        && !field.getOptions().getDeprecated()
        && field.getContainingOneof() == null;
  }

  private static void writeRepeated(
      MessageOrBuilder message, FieldDescriptor field, JsonWriter writer) {
    int count = message.getRepeatedFieldCount(field);
    if (count == 0) {
      return;
    }
    writer.name(field.getName()).beginArray();
    for (int i = 0; i < count; i++) {
      writeValue(field, message.getRepeatedField(field, i), writer);
    }
    writer.endArray();
  }

  private static void writeMap(MessageOrBuilder message, FieldDescriptor field, JsonWriter writer) {
    if (message.getRepeatedFieldCount(field) == 0) {
      return;
    }
    FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
    writer.name(field.getName()).beginObject();
    for (Object entry : (List<?>) message.getField(field)) {
      Message pair = (Message) entry;
      writer.name(pair.getField(key).toString());
      writeValue(value, pair.getField(value), writer);
    }
    writer.endObject();
  }

  private static void writeValue(FieldDescriptor field, Object value, JsonWriter writer) {
    switch (field.getJavaType()) {
      case INT ->
          writer.value(
              isUnsigned(field) ? Integer.toUnsignedLong((Integer) value) : (Integer) value);
      case LONG -> {
        if (isUnsigned(field)) {
          writer.raw(Long.toUnsignedString((Long) value));
        } else {
          writer.value((long) (Long) value);
        }
      }
      case FLOAT -> writer.value((double) (Float) value);
      case DOUBLE -> writer.value((double) (Double) value);
      case BOOLEAN -> writer.value((boolean) (Boolean) value);
      case STRING -> writer.value((String) value);
      case BYTE_STRING ->
          writer.value(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
      case ENUM -> writer.value(((EnumValueDescriptor) value).getName());
      case MESSAGE -> {
        if (value instanceof Duration duration) {
          writer.value(DurationText.print(duration));
        } else {
          write((Message) value, writer);
        }
      }
    }
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      case DOUBLE,
          FLOAT,
          INT64,
          INT32,
          BOOL,
          STRING,
          GROUP,
          MESSAGE,
          BYTES,
          ENUM,
          SFIXED32,
          SFIXED64,
          SINT32,
          SINT64 ->
          false;
    };
  }
}
