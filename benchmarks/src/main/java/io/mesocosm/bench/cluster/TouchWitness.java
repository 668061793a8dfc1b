package io.mesocosm.bench.cluster;

/** Counts the tasks that agents are told to run, kill or give up. Of the loop's thread. */
final class TouchWitness implements Witness {
  private long touched;
  private long firstNanos;

  /** Forgets all before. */
  void begin() {
    touched = 0;
    firstNanos = 0;
  }

  long touched() {
    return touched;
  }

  /** When the first was since {@link #begin}; 0 for not yet. */
  long firstNanos() {
    return firstNanos;
  }

  @Override
  public void tasksTouched(int tasks) {
    if (touched == 0) {
      firstNanos = System.nanoTime();
    }
    touched += tasks;
  }
}
