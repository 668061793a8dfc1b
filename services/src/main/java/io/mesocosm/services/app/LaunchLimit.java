package io.mesocosm.services.app;

/**
 * What becomes of a definition whose instances fail again and again.
 *
 * @param attemptsMax how many instances of one configuration may fail in a row, none having come up
 *     in between, before no more are launched; 0 for no limit
 * @param rollback whether the deployment that brought the definition is then undone
 */
public record LaunchLimit(int attemptsMax, boolean rollback) {
  /** No limit, as in the original. */
  public static final LaunchLimit NONE = new LaunchLimit(0, false);

  public boolean isLimited() {
    return attemptsMax > 0;
  }
}
