package io.mesocosm.cli.roles;

/** How a running role comes to an end that nobody asked for. Called on any thread. */
public interface RoleEnds {
  /** A rule of its own state was broken: the process ends at once. */
  void crashed(Throwable cause);

  /**
   * It has stopped to do its duty, in good order: the process ends with code 1, so that a
   * supervisor starts it anew.
   *
   * @param line says why
   */
  void ended(String line);
}
