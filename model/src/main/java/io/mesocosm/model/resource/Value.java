package io.mesocosm.model.resource;

/** The amount of a resource: a fixed-point number, a set of integer ranges, or a set of names. */
public sealed interface Value permits Scalar, Ranges, Names {
  /** True for nothing at all: zero, no range, no name. */
  boolean isEmpty();

  /** Both together. The two must be of one type. */
  static Value sum(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> scalar.plus((Scalar) right);
      case Ranges ranges -> ranges.plus((Ranges) right);
      case Names names -> names.plus((Names) right);
    };
  }

  /** The left without the right, which it must contain. The two must be of one type. */
  static Value difference(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> scalar.minus((Scalar) right);
      case Ranges ranges -> ranges.minus((Ranges) right);
      case Names names -> names.minus((Names) right);
    };
  }

  /** What is left of the left when all that it has of the right is taken. Of one type. */
  static Value rest(Value left, Value right) {
    return left instanceof Scalar scalar
        ? scalar.minusAtMost((Scalar) right)
        : difference(left, right);
  }

  /** Whether the right is part of the left; false if they are of different types. */
  static boolean contains(Value left, Value right) {
    return switch (left) {
      case Scalar scalar -> right instanceof Scalar part && scalar.compareTo(part) >= 0;
      case Ranges ranges -> right instanceof Ranges part && ranges.contains(part);
      case Names names -> right instanceof Names part && names.contains(part);
    };
  }
}
