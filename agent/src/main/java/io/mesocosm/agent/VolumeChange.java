package io.mesocosm.agent;

/**
 * A change to the folder of a persistent volume.
 *
 * @param path absolute
 */
public record VolumeChange(String path, Kind kind) {

  /** What is to be done. */
  public enum Kind {
    /** Make the folder, and clear it if it was there. */
    MAKE,
    /** Make the folder unless it is there, and leave what it holds. */
    KEEP,
    /** Delete the folder with all that it holds. */
    DELETE,
    /** Delete what the folder holds. */
    CLEAR
  }
}
