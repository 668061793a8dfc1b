package io.mesocosm.allocator;

import io.mesocosm.model.resource.Ranges;

/**
 * Something that an agent says of itself, e.g. its rack. A name may come up several times
 * (contracts/mesos-allocation.md A3).
 */
public record Attribute(String name, Value value) {
  /** An attribute's value is one of three types. */
  public sealed interface Value {}

  /** Any text. */
  public record Text(String text) implements Value {}

  /** A number, which unlike a resource may be negative. */
  public record Number(double number) implements Value {}

  /** Ranges of whole numbers. */
  public record Spans(Ranges ranges) implements Value {}

  public static Attribute text(String name, String text) {
    return new Attribute(name, new Text(text));
  }
}
