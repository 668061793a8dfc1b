package io.mesocosm.allocator;

import java.util.Comparator;

/**
 * One of several siblings that compete: a role, the frameworks of a role together, or a framework
 * in a role. Its place among them changes only while it is out of their {@link Ranking}.
 */
abstract sealed class Standing permits RoleNode, RoleNode.Own, Taker {
  /** Who has less comes first; then who was chosen less often; then by name (S3). */
  static final Comparator<Standing> ORDER =
      (left, right) -> {
        int order = Double.compare(left.share, right.share);
        if (order == 0) {
          order = Long.compare(left.allocations, right.allocations);
        }
        return order == 0 ? left.name.compareTo(right.name) : order;
      };

  private final String name;
  private final Amounts held = new Amounts();
  private double weight;
  private double share;
  private long allocations;
  private boolean ranked;

  Standing(String name, double weight) {
    this.name = name;
    this.weight = weight;
  }

  String name() {
    return name;
  }

  /** What it holds or is offered, and everything below it does. */
  Amounts held() {
    return held;
  }

  double weight() {
    return weight;
  }

  void setWeight(double newWeight) {
    weight = newWeight;
  }

  boolean isRanked() {
    return ranked;
  }

  void setRanked(boolean nowRanked) {
    ranked = nowRanked;
  }

  void countAllocation() {
    allocations++;
  }

  /** Undoes {@link #countAllocation}. */
  void uncountAllocation() {
    allocations--;
  }

  void forgetAllocations() {
    allocations = 0;
  }

  /** Measures itself anew, weighted (S5). */
  void measure(Fairness fairness) {
    share = fairness.dominantShare(held) / weight;
  }

  /** The siblings that it is ranked among when it is ranked. */
  abstract Ranking<?> siblings();
}
