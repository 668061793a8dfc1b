package io.mesocosm.conformance;

/**
 * One row's test. It passes when it returns; it must be independent of all others and of their
 * order.
 */
@FunctionalInterface
public interface RowTest {
  /**
   * Runs against the programs.
   *
   * @throws Mismatch when they do otherwise than the contract says
   * @throws Exception anything else, which counts as failed too
   */
  void run(Target target) throws Exception;
}
