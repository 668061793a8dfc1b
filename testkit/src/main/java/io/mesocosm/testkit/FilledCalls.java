package io.mesocosm.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Calls of every type, with parts that are filled at random: complete enough to be let in, and of
 * all shapes.
 */
public final class FilledCalls {
  private static final int DEPTH_MAX = 7;
  private static final int UUID_BYTES = 16;

  private final Random random;
  private final Map<String, String> ids;

  /**
   * @param ids values for messages that are an id, by the name of the message
   */
  public FilledCalls(Random random, Map<String, String> ids) {
    this.random = random;
    this.ids = ids;
  }

  /** One of each type; what the type is about is there, and what all calls need. */
  public List<Message> of(Message prototype) {
    Descriptor call = prototype.getDescriptorForType();
    FieldDescriptor type = call.findFieldByName("type");
    List<Message> calls = new ArrayList<>();
    for (EnumValueDescriptor each : type.getEnumType().getValues()) {
      Message.Builder builder = prototype.newBuilderForType();
      builder.setField(type, each);
      String part = each.getName().toLowerCase(Locale.ROOT);
      for (FieldDescriptor field : call.getFields()) {
        if (field.getName().equals(part) || field.getName().endsWith("_id")) {
          fill(builder, field, 1);
        }
      }
      calls.add(builder.build());
    }
    return calls;
  }

  private void fill(Message.Builder builder, FieldDescriptor field, int depth) {
    if (field.isRepeated()) {
      for (int i = 0; i < 1 + random.nextInt(2); i++) {
        builder.addRepeatedField(field, value(builder, field, depth));
      }
    } else {
      builder.setField(field, value(builder, field, depth));
    }
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> random.nextInt(100);
      case LONG -> (long) random.nextInt(100);
      case FLOAT -> random.nextFloat();
      case DOUBLE -> (double) random.nextInt(10);
      case BOOLEAN -> random.nextBoolean();
      case STRING -> "v" + random.nextInt(3);
      case BYTE_STRING -> ByteString.copyFrom(new byte[UUID_BYTES]);
      case ENUM -> {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      case MESSAGE -> message(builder.newBuilderForField(field), depth + 1);
    };
  }

  private Message message(Message.Builder builder, int depth) {
    Descriptor descriptor = builder.getDescriptorForType();
    String id = ids.get(descriptor.getName());
    if (id != null) {
      return builder.setField(descriptor.findFieldByName("value"), id).build();
    }
    for (FieldDescriptor field : descriptor.getFields()) {
      if (field.isRequired()
          || descriptor.getOptions().getMapEntry()
          || (depth < DEPTH_MAX && random.nextInt(3) > 0)) {
        fill(builder, field, depth);
      }
    }
    return builder.build();
  }
}
