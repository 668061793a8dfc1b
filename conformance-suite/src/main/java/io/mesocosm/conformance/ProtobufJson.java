package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Converts between Mesos's JSON and protobuf messages by their descriptors; only what is set is
 * written.
 */
final class ProtobufJson {
  private ProtobufJson() {}

  static JsonNode toJson(byte[] bytes, Message prototype) {
    try {
      return toJson(prototype.getParserForType().parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new Mismatch(
          "a protobuf " + prototype.getDescriptorForType().getFullName(), e.toString());
    }
  }

  private static ObjectNode toJson(Message message) {
    ObjectNode object = Json.object();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      if (field.isMapField()) {
        ObjectNode map = object.putObject(field.getName());
        for (Object element : (List<?>) entry.getValue()) {
          MapEntry<?, ?> pair = (MapEntry<?, ?>) element;
          FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
          map.set(String.valueOf(pair.getKey()), toJson(value, pair.getValue()));
        }
      } else if (field.isRepeated()) {
        ArrayNode array = object.putArray(field.getName());
        ((List<?>) entry.getValue()).forEach(element -> array.add(toJson(field, element)));
      } else {
        object.set(field.getName(), toJson(field, entry.getValue()));
      }
    }
    return object;
  }

  private static JsonNode toJson(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case MESSAGE -> toJson((Message) value);
      case ENUM -> Json.array(value.toString()).get(0);
      case BYTE_STRING ->
          Json.array(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray())).get(0);
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING -> Json.array(value).get(0);
    };
  }

  static Message toMessage(JsonNode json, Message prototype) {
    return build(json, prototype.newBuilderForType());
  }

  private static Message build(JsonNode json, Message.Builder builder) {
    json.properties()
        .forEach(entry -> {
          FieldDescriptor field = builder.getDescriptorForType().findFieldByName(entry.getKey());
          if (field == null) {
            return;
          }
          if (field.isMapField()) {
            entry
                .getValue()
                .properties()
                .forEach(pair -> builder.addRepeatedField(field, pair(builder, field, pair)));
          } else if (field.isRepeated()) {
            entry
                .getValue()
                .forEach(
                    element -> builder.addRepeatedField(field, value(builder, field, element)));
          } else {
            builder.setField(field, value(builder, field, entry.getValue()));
          }
        });
    return builder.buildPartial();
  }

  private static Message pair(
      Message.Builder owner, FieldDescriptor field, Map.Entry<String, JsonNode> pair) {
    Message.Builder entry = owner.newBuilderForField(field);
    FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
    entry.setField(field.getMessageType().findFieldByNumber(1), pair.getKey());
    return entry.setField(value, value(entry, value, pair.getValue())).build();
  }

  private static Object value(Message.Builder owner, FieldDescriptor field, JsonNode json) {
    return switch (field.getJavaType()) {
      case MESSAGE -> build(json, owner.newBuilderForField(field));
      case ENUM -> field.getEnumType().findValueByName(json.asText());
      case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(json.asText()));
      case INT -> json.asInt();
      case LONG -> json.asLong();
      case FLOAT -> (float) json.asDouble();
      case DOUBLE -> json.asDouble();
      case BOOLEAN -> json.asBoolean();
      case STRING -> json.asText();
    };
  }
}
