package io.mesocosm.master.shell;

import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;

/** Where masters contend for the leadership. */
@FunctionalInterface
interface Contest {
  /**
   * Takes part from now on.
   *
   * @param content who the member is, for all to read
   */
  Election enter(byte[] content, ElectionListener listener);
}
