package io.mesocosm.master.shell;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.AllocatorConfig;
import io.mesocosm.allocator.HierarchicalAllocator;
import java.util.random.RandomGenerator;

/** Finds the allocator that {@code --allocator} names. */
final class Allocators {
  private Allocators() {}

  /**
   * @param name {@code hierarchical}, or a class on the class path with a public constructor of
   *     these two parameters
   * @throws IllegalArgumentException in one line, if there is no such class
   */
  static Allocator named(String name, AllocatorConfig config, RandomGenerator random) {
    if (name.equals("hierarchical") || name.equals("HierarchicalDRF")) {
      return new HierarchicalAllocator(config, random);
    }
    try {
      return Class.forName(name)
          .asSubclass(Allocator.class)
          .getConstructor(AllocatorConfig.class, RandomGenerator.class)
          .newInstance(config, random);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalArgumentException(
          "--allocator="
              + name
              + ": give hierarchical, or a class on the class path that implements "
              + Allocator.class.getName()
              + " and has a public constructor (AllocatorConfig, RandomGenerator)",
          e);
    }
  }
}
