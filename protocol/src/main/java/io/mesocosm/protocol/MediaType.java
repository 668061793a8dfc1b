package io.mesocosm.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The two encodings of every v1 message (contracts/mesos-scheduler-api.md T2). */
public enum MediaType {
  JSON("application/json"),
  PROTOBUF("application/x-protobuf");

  private final String contentType;

  MediaType(String contentType) {
    this.contentType = contentType;
  }

  /** As in a Content-Type header. */
  public String contentType() {
    return contentType;
  }

  /** The type of exactly that name: parameters and other cases are not accepted (T2). */
  public static Optional<MediaType> of(String contentType) {
    for (MediaType type : values()) {
      if (type.contentType.equals(contentType)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public byte[] encode(Message message) {
    return switch (this) {
      case JSON -> MesosJson.print(message).getBytes(StandardCharsets.UTF_8);
      case PROTOBUF -> message.toByteArray();
    };
  }

  /** Fills {@code builder} from the bytes; all required fields must be there. */
  public <B extends Message.Builder> B decode(byte[] bytes, B builder)
      throws InvalidMessageException {
    return switch (this) {
      case JSON -> MesosJson.parse(utf8(bytes), builder);
      case PROTOBUF -> parseBinary(bytes, builder);
    };
  }

  /** Strictly: with replaced characters, an id would silently become another one. */
  private static String utf8(byte[] bytes) throws InvalidMessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidMessageException("Failed to parse body into JSON: it is not UTF-8", e);
    }
  }

  private static <B extends Message.Builder> B parseBinary(byte[] bytes, B builder)
      throws InvalidMessageException {
    try {
      builder.mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidMessageException(
          "Failed to parse body into "
              + builder.getDescriptorForType().getName()
              + " protobuf: "
              + e.getMessage(),
          e);
    }
    MesosJson.requireInitialized(builder);
    return builder;
  }
}
