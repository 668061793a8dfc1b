package io.mesocosm.services.app;

/**
 * How far a deployment may go from the wanted number of instances; both shares are of it, from 0 to
 * 1.
 *
 * @param minimumHealthCapacity that stays up all the time
 * @param maximumOverCapacity that may run in addition
 * @param waitForRouting whether an instance counts only when all routers have said that they show
 *     it, and is ended only when they have said that they do not any more
 */
public record UpgradeStrategy(
    double minimumHealthCapacity, double maximumOverCapacity, boolean waitForRouting) {
  public static final UpgradeStrategy USUAL = new UpgradeStrategy(1, 1);
  public static final UpgradeStrategy SINGLE_INSTANCE = new UpgradeStrategy(0, 0);
  public static final UpgradeStrategy RESIDENT = new UpgradeStrategy(0.5, 0);

  public UpgradeStrategy(double minimumHealthCapacity, double maximumOverCapacity) {
    this(minimumHealthCapacity, maximumOverCapacity, false);
  }
}
