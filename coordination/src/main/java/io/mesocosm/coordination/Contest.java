package io.mesocosm.coordination;

/** Where those who would lead contend: an election with its address and options settled. */
@FunctionalInterface
public interface Contest {
  /**
   * Takes part from now on.
   *
   * @param content who the member is, for all to read
   */
  Election enter(byte[] content, ElectionListener listener);
}
