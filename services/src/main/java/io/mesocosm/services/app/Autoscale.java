package io.mesocosm.services.app;

import java.time.Duration;

/**
 * Lets the scheduler choose the number of instances.
 *
 * @param min at least 0
 * @param max not less than {@code min}
 * @param cooldown between two changes of the number
 */
public record Autoscale(int min, int max, Target target, Duration cooldown) {
  /** What is measured, and what it should be for each instance. */
  public sealed interface Target {
    /**
     * @param percent of the cpus that each instance asks for, used by all instances on average;
     *     more than 0
     */
    record CpuPercent(double percent) implements Target {}

    /**
     * @param url where a number is read: a plain one, or a JSON object's {@code value}
     * @param perInstance what that number should be for each instance; more than 0
     */
    record Metric(String url, double perInstance) implements Target {}
  }
}
