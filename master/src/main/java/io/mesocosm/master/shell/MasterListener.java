package io.mesocosm.master.shell;

/** What a running master tells whoever started it. Called on any thread, each at most once. */
public interface MasterListener {
  /** It leads now, has read the registry, and answers all requests. */
  default void leads() {}

  /**
   * It cannot lead, or does so no more; it has stopped to act as a leader, and never will again.
   * The process is to end: who started it closes it, on another thread than this.
   *
   * @param line says why, for the one who runs it
   */
  void ended(String line);

  /**
   * A rule of the core's state was broken, after which the master answers nothing more; the process
   * is to end at once.
   */
  void crashed(Throwable cause);
}
