package io.mesocosm.services.shell;

/** Hears how a services process comes to an end that nobody asked for. Called on any thread. */
public interface ServicesListener {
  /**
   * It led and does not any more, or was elected and cannot lead: it sends nothing to the master
   * any more, answers nobody, and is to be closed and started anew.
   *
   * @param line says why
   */
  void ended(String line);

  /** A rule of its own state was broken: the process must end at once. */
  void crashed(Throwable cause);
}
