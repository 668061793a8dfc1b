package io.mesocosm.services.shell;

/** Hears what becomes of a services process. Called on any thread; must not block. */
public interface ServicesListener {
  /**
   * Something else than before is true of who leads: it leads itself, follows another, or knows of
   * nobody. It has logged the same, and copes with it by itself.
   *
   * @param line says what, and why
   */
  void changed(String line);

  /** A rule of its own state was broken: the process must end at once. */
  void crashed(Throwable cause);
}
