package io.mesocosm.services.app;

/**
 * What an executor takes beside its tasks.
 *
 * @param mem megabytes
 * @param disk megabytes
 */
public record ExecutorResources(double cpus, double mem, double disk) {
  public static final ExecutorResources USUAL = new ExecutorResources(0.1, 32, 10);
}
