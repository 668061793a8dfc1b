package io.mesocosm.bench;

/** Something that {@code ./bench NAME} measures. */
interface Benchmark {
  String name();

  /** One line for {@code --list}. */
  String description();

  void run(Settings settings, Report report);
}
