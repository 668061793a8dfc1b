package io.mesocosm.services.app;

/**
 * How far a deployment may go from the wanted number of instances; both are shares of it, from 0 to
 * 1.
 *
 * @param minimumHealthCapacity that stays up all the time
 * @param maximumOverCapacity that may run in addition
 */
public record UpgradeStrategy(double minimumHealthCapacity, double maximumOverCapacity) {
  public static final UpgradeStrategy USUAL = new UpgradeStrategy(1, 1);
  public static final UpgradeStrategy SINGLE_INSTANCE = new UpgradeStrategy(0, 0);
}
