package io.mesocosm.cli.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.CodedOutputStream;
import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.master.shell.RegistryContent.Entry;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A registry as one JSON document, each record on a line of its own, so that two of them can be
 * compared line by line. The head says how many records there are and what they must add up to;
 * versions are for the reader, and none is taken back.
 */
final class RegistryDocument {
  private static final String KIND = "mesocosm-registry";

  /** Raised when older versions could misread a document. */
  private static final int FORMAT = 1;

  private RegistryDocument() {}

  static String print(List<Entry> entries, Instant now) {
    StringBuilder lines = new StringBuilder();
    for (Entry entry : entries) {
      JsonWriter line =
          new JsonWriter()
              .beginObject()
              .field("name", entry.name())
              .field("version", entry.version())
              .name("record");
      MesosJson.write(entry.record(), line);
      lines.append(lines.isEmpty() ? "" : ",\n").append(line.endObject());
    }
    return new JsonWriter()
            .beginObject()
            .field("kind", KIND)
            .field("format", FORMAT)
            .field("time", now.toString())
            .field("count", entries.size())
            .field("sha256", checksum(entries.stream().map(RegistryDocument::normal).toList()))
            .name("records")
            .raw(lines.isEmpty() ? "[]" : "[\n" + lines + "\n]")
            .endObject()
        + "\n";
  }

  /**
   * @param edited whether somebody may have changed it on purpose, so that the head need not match
   * @throws CommandFailure in one line, if it is none, is damaged, or of a later format
   */
  static List<Entry> parse(String text, boolean edited) {
    JsonNode document;
    try {
      document = JsonMapper.builder().build().readTree(text);
    } catch (JsonProcessingException e) {
      throw CommandFailure.failed(
          "the file is not whole, or no JSON: " + e.getOriginalMessage() + ": export again");
    }
    if (!document.path("kind").asText().equals(KIND)) {
      throw CommandFailure.failed("the file is no export of a registry: give one");
    }
    int format = document.path("format").asInt();
    if (format != FORMAT) {
      throw CommandFailure.failed(
          "the file has format "
              + format
              + ", and this version knows "
              + FORMAT
              + " only: use the version that wrote it");
    }
    List<Entry> entries = new ArrayList<>();
    for (JsonNode record : document.path("records")) {
      entries.add(entry(record));
    }
    if (!edited) {
      verify(document, entries);
    }
    return entries;
  }

  private static Entry entry(JsonNode record) {
    String name = record.path("name").asText();
    try {
      return new Entry(name, record.path("version").asLong(), 0, message(record.path("record")));
    } catch (InvalidMessageException | IllegalArgumentException e) {
      throw CommandFailure.failed(
          "record '" + name + "' of the file is no good: " + e.getMessage());
    }
  }

  private static RegistryRecord message(JsonNode json) throws InvalidMessageException {
    RegistryRecord record = MesosJson.parse(json.toString(), RegistryRecord.newBuilder()).build();
    if (record.getAllFields().size() != 1) {
      throw new InvalidMessageException(
          "it must be one of quotas, weights, and so on, and this version knows "
              + record.getAllFields().size()
              + " in it");
    }
    return record;
  }

  private static void verify(JsonNode document, List<Entry> entries) {
    int count = document.path("count").asInt(-1);
    if (count != entries.size()) {
      throw CommandFailure.failed(
          "the file has "
              + entries.size()
              + " records and says that it has "
              + count
              + ": export again, or give --edited if somebody changed it on purpose");
    }
    if (!checksum(entries).equals(document.path("sha256").asText())) {
      throw CommandFailure.failed(
          "the file's records are not those that were exported, or hold what this version does not"
              + " know: export again, use the version that wrote it, or give --edited if somebody"
              + " changed it on purpose");
    }
  }

  /** As it will read: defaults that the JSON states are set. */
  private static Entry normal(Entry entry) {
    try {
      RegistryRecord read =
          MesosJson.parse(MesosJson.print(entry.record()), RegistryRecord.newBuilder()).build();
      return new Entry(entry.name(), entry.version(), entry.bytes(), read);
    } catch (InvalidMessageException e) {
      throw CommandFailure.failed(
          "record " + entry.name() + " cannot be written as JSON: " + e.getMessage());
    }
  }

  private static String checksum(List<Entry> entries) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Entry entry : entries) {
        add(digest, entry.name().getBytes(StandardCharsets.UTF_8));
        add(digest, bytes(entry.record()));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
    digest.update(part);
  }

  /** The same for the same content: maps in the order of their keys. */
  private static byte[] bytes(RegistryRecord record) {
    byte[] bytes = new byte[record.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      record.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes what fits", e);
    }
    return bytes;
  }
}
