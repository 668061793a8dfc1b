package io.mesocosm.services.app;

/** Which instances are ended first when there are too many; the names are those of the API. */
public enum KillSelection {
  /** The last started. */
  YOUNGEST_FIRST,
  /** The first started. */
  OLDEST_FIRST
}
