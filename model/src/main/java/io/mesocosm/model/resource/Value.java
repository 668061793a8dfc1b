package io.mesocosm.model.resource;

/** The amount of a resource: a fixed-point number, a set of integer ranges, or a set of names. */
public sealed interface Value permits Scalar, Ranges, Names {
  /** True for nothing at all: zero, no range, no name. */
  boolean isEmpty();
}
